"""Batches of texts through a session, to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from oms_core.errors import ServiceUnavailable

from svc_embedding.adapters.onnx import bert_graph
from svc_embedding.adapters.onnx.folder import unusable
from svc_embedding.adapters.onnx.session import Session
from svc_embedding.adapters.onnx.tokenizing import Encoded
from svc_embedding.domain.embedding import Matrix
from svc_embedding.domain.vectors import unit

_POOLER: Final = "pooler_output"


class Runner(Protocol):
    """Turns a batch into rows of float32; blocking, and safe for several threads at once."""

    def __call__(self, batch: Sequence[Encoded]) -> Matrix: ...


class OwnGraph:
    """A graph that `bert_graph` wrote."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._takes_segments = bert_graph.SEGMENTS in session.inputs

    def __call__(self, batch: Sequence[Encoded]) -> Matrix:
        feeds = {
            bert_graph.IDS: padded([each.ids for each in batch]),
            bert_graph.LENGTHS: np.array([len(each.ids) for each in batch], np.int32),
        }
        if self._takes_segments:
            feeds[bert_graph.SEGMENTS] = padded([_segments(each) for each in batch])
        return self._session.run(feeds, self._session.outputs[0])


class FoundGraph:
    """A graph that somebody exported; it is pooled here unless it does so itself.

    Args:
        pooling: Empty for a classifier, and for a graph with vectors of whole texts.
    Raises:
        ModelUnusable: its inputs or outputs are not those of a model of texts.
    """

    def __init__(
        self, session: Session, *, model: str, pooling: str, is_normalized: bool, pad_id: int = 0
    ) -> None:
        known = {"input_ids", "attention_mask", "token_type_ids"}
        if "input_ids" not in session.inputs or set(session.inputs) - known:
            raise unusable(model, f"a graph with the inputs {', '.join(session.inputs)}")
        self._session = session
        self._is_normalized = is_normalized
        self._pad_id = pad_id
        tokens = [name for name in session.outputs if session.ranks[name] != 2]
        # Beside others BERT's pooler was trained for another task; no embedding model means it.
        whole = [
            name
            for name in session.outputs
            if session.ranks[name] == 2 and not (tokens and name == _POOLER)
        ]
        if not whole and not pooling:
            raise unusable(model, "no file says how its vectors are pooled; set pooling")
        self._output = [*whole, *tokens][0]
        self._pooling = "" if whole else pooling

    @property
    def is_pooled_here(self) -> bool:
        """Whether the graph ends with the vectors of tokens."""
        return bool(self._pooling)

    def __call__(self, batch: Sequence[Encoded]) -> Matrix:
        lengths = np.array([len(each.ids) for each in batch])
        ids = padded([each.ids for each in batch], self._pad_id).astype(np.int64)
        mask = (np.arange(ids.shape[1]) < lengths[:, None]).astype(np.int64)
        feeds = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._session.inputs:
            segments = padded([_segments(each) for each in batch])
            feeds["token_type_ids"] = segments.astype(np.int64)
        feeds = {name: value for name, value in feeds.items() if name in self._session.inputs}
        output = self._session.run(feeds, self._output).astype(np.float32)
        vectors = pool(output, lengths, self._pooling) if self._pooling else output
        return unit(vectors) if self._is_normalized else vectors


class Patient:
    """Runs a batch in halves where it does not fit into the device's memory whole.

    Raises:
        ServiceUnavailable: not even one text fits; safe to retry.
        ModelUnusable: what came out is no finite number.
    """

    def __init__(self, run: Runner, *, model: str) -> None:
        self._run = run
        self._model = model

    def __call__(self, batch: Sequence[Encoded]) -> Matrix:
        try:
            vectors = self._run(batch)
        except Exception as exc:
            if not _is_out_of_memory(exc):
                raise
            if len(batch) == 1:
                raise ServiceUnavailable(
                    f"model {self._model!r} has no memory left for {len(batch[0].ids)} tokens",
                    metadata={"service": "embedding"},
                    retry_after_s=5,
                ) from exc
            half = len(batch) // 2
            return np.concatenate([self(batch[:half]), self(batch[half:])])
        if not np.isfinite(vectors).all():
            raise unusable(self._model, "it gives vectors that are no finite numbers")
        return vectors


def padded(rows: Sequence[NDArray[np.int32]], pad_id: int = 0) -> NDArray[np.int32]:
    """The rows as a matrix, padded on the right."""
    matrix = np.full((len(rows), max(map(len, rows))), pad_id, np.int32)
    for place, row in enumerate(rows):
        matrix[place, : len(row)] = row
    return matrix


def pool(hidden: Matrix, lengths: NDArray[Any], pooling: str) -> Matrix:
    """One vector for each text out of those of its tokens, shape (rows, columns, dimensions)."""
    if pooling == "cls":
        return hidden[:, 0]
    if pooling == "last":
        return hidden[np.arange(len(hidden)), lengths - 1]
    mask = np.arange(hidden.shape[1]) < lengths[:, None]
    sums = np.einsum("rc,rcd->rd", mask.astype(np.float32), hidden)
    return sums / lengths[:, None].astype(np.float32)


def _segments(encoded: Encoded) -> NDArray[np.int32]:
    return np.zeros_like(encoded.ids) if encoded.segments is None else encoded.segments


def _is_out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or "allocate memory" in text or "out of memory" in text
