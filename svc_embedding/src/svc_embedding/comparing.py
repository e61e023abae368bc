"""Texts and vectors side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from oms.embedding.v1 import embedding_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_embedding.convert import checked_texts, metric_from_pb, vector_from_pb
from svc_embedding.domain.embedding import Embedder, Embeddings, EmbedOptions, Matrix
from svc_embedding.domain.encoding import Vector
from svc_embedding.domain.models import Model
from svc_embedding.domain.vectors import compare, invalid_vector


async def compared(
    request: pb.SimilarityRequest, model: Model, options: EmbedOptions
) -> tuple[pb.SimilarityResponse, Embeddings | None]:
    """The scores of every source with every target, and what was embedded for them.

    Raises:
        InvalidField: an entry is empty, or a text of white space.
        InvalidVector: a vector is not one of the model's.
    """
    texts = _texts([*request.sources, *request.targets], len(request.sources))
    embeddings = None
    if texts:
        embedder: Embedder = await model.ready()
        embeddings = await embedder.embed(list(texts.values()), options)
    # A million scores, and the numbers of 2,048 vectors, take seconds.
    return await asyncio.to_thread(_scored, request, texts, embeddings), embeddings


def _scored(
    request: pb.SimilarityRequest, texts: dict[int, str], embeddings: Embeddings | None
) -> pb.SimilarityResponse:
    vectors = _vectors([*request.sources, *request.targets], texts, embeddings)
    count = len(request.sources)
    sources, targets = vectors[:count], vectors[count:] if request.targets else vectors[:count]
    scores = compare(sources, targets, metric_from_pb(request.metric))
    response = pb.SimilarityResponse(rows=scores.shape[0], columns=scores.shape[1])
    response.scores.extend(scores.ravel().tolist())
    return response


def _texts(every: Sequence[pb.Comparable], sources: int) -> dict[int, str]:
    texts: dict[int, str] = {}
    for index, each in enumerate(every):
        kind = each.WhichOneof("kind")
        where = f"sources[{index}]" if index < sources else f"targets[{index - sources}]"
        if kind is None:
            raise InvalidField.of(where, "has to be a text or a vector")
        if kind == "text":
            if each.text.isspace():
                raise InvalidField.of(where, "has to hold more than white space")
            texts[index] = each.text
    checked_texts(list(texts.values()))
    return texts


def _vectors(
    every: Sequence[pb.Comparable], texts: dict[int, str], embeddings: Embeddings | None
) -> Matrix:
    embedded = {} if embeddings is None else dict(zip(texts, embeddings.vectors, strict=True))
    rows: list[Vector] = [
        embedded[index] if index in embedded else vector_from_pb(each.vector, index)
        for index, each in enumerate(every)
    ]
    size = embeddings.vectors.shape[1] if embeddings is not None else len(rows[0])
    for index, row in enumerate(rows):
        if len(row) != size:
            raise invalid_vector(index, f"has {len(row)} numbers, not {size} as the others")
    return np.stack(rows)
