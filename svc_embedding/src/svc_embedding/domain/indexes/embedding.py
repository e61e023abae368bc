"""Making vectors of texts for the generations of an index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from oms_core.errors import VectorSpaceMismatch

from svc_embedding.domain.embedding import Embedder, EmbedOptions, Matrix, Priority, Purpose
from svc_embedding.domain.indexes.entries import Vector
from svc_embedding.domain.indexes.records import Generation
from svc_embedding.domain.models import Models

_BATCH = 256


class TextEmbedder:
    """Embeds texts by the model of a generation, and only if that still gives vectors of its
    space."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def generation(self, number: int, model: str, dimensions: int) -> Generation:
        """A generation of a model.

        Args:
            model: Name or id; empty: the default.
            dimensions: 0: the model's own.
        Raises:
            ResourceNotFound: there is no such model.
            ModelUnusable, ServiceUnavailable: it can't be used now.
        """
        found = self._models.get(model)
        facts = (await found.ready()).facts
        length = dimensions or facts.dimensions
        return Generation(
            number=number, model=found.id, space=facts.space(length), dimensions=length
        )

    async def documents(
        self, generation: Generation, texts: Sequence[str]
    ) -> tuple[Matrix, list[bool]]:
        """Vectors of texts that are searched, and which texts were cut.

        Raises:
            VectorSpaceMismatch: the model gives vectors of another space by now.
            Whatever `Embedder.embed` raises.
        """
        if not texts:
            return np.empty((0, generation.dimensions), np.float32), []
        embedder = await self._embedder(generation)
        options = _options(embedder, generation, Purpose.DOCUMENT, Priority.BULK)
        parts: list[Matrix] = []
        is_cut: list[bool] = []
        for start in range(0, len(texts), _BATCH):
            made = await embedder.embed(texts[start : start + _BATCH], options)
            _check(made.served.space, generation)
            parts.append(made.vectors)
            is_cut += [count.is_truncated for count in made.counts]
        return np.concatenate(parts), is_cut

    async def query(self, generation: Generation, text: str) -> Vector:
        """The vector of a text that is searched for. Raises as `documents`."""
        embedder = await self._embedder(generation)
        options = _options(embedder, generation, Purpose.QUERY, Priority.INTERACTIVE)
        made = await embedder.embed([text], options)
        _check(made.served.space, generation)
        return made.vectors[0]

    async def _embedder(self, generation: Generation) -> Embedder:
        embedder = await self._models.get(generation.model).ready()
        _check(embedder.facts.space(generation.dimensions), generation)
        return embedder


def _options(
    embedder: Embedder, generation: Generation, purpose: Purpose, priority: Priority
) -> EmbedOptions:
    is_own = generation.dimensions == embedder.facts.dimensions
    return EmbedOptions(
        purpose=purpose,
        priority=priority,
        dimensions=None if is_own else generation.dimensions,
    )


def _check(space: str, generation: Generation) -> None:
    if space != generation.space:
        raise space_mismatch(space, generation)


def space_mismatch(space: str, generation: Generation, **metadata: str) -> VectorSpaceMismatch:
    """The error of vectors that are of another space than the index."""
    return VectorSpaceMismatch(
        f"the vectors are of space {space!r}, the index's of {generation.space!r}; re-index it, "
        f"or use the "
        "model that it was made with",
        metadata={"vector_space": space, "index_space": generation.space} | metadata,
    )
