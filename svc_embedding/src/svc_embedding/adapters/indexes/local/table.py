"""The entries of one namespace in one generation, in memory.

Rows are appended and never written again, so that searches go on in other threads while one writes;
an entry that is replaced gets a new row. Below `graph_from` rows every search is exact; above it
a graph answers for the rows it has, and the rest is compared as before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from svc_embedding.domain.indexes.entries import Entry, Hit, Vector
from svc_embedding.domain.indexes.filters import Filter, matches
from svc_embedding.domain.indexes.records import Metric
from svc_embedding.domain.indexes.words import length_factor, rarity, terms_of

GRAPH_FROM: Final = 20_000
_TAIL: Final = 4096
"""Rows that are compared beside the graph before it is extended."""
_METRICS: Final = {Metric.COSINE: "cos", Metric.DOT: "ip", Metric.EUCLIDEAN: "l2sq"}
_CONNECTIVITY: Final = 24
_EXPANSION_ADD: Final = 128
_EXPANSION_SEARCH: Final = 128
_OVERFETCH: Final = 4
_PART: Final = 2000
_NOTHING: Final[Vector] = np.empty(0, np.float32)


class Table:
    """Written by one thread at a time; all else may run beside it. Vectors lie in the matrix
    alone."""

    def __init__(self, dimensions: int, metric: Metric, *, graph_from: int = GRAPH_FROM) -> None:
        self._dimensions = dimensions
        self._metric = metric
        self._graph_from = graph_from
        self._matrix: NDArray[np.float32] = np.empty((16, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.empty(16, np.float32)
        self._is_live: NDArray[np.bool_] = np.zeros(16, np.bool_)
        self._entries: list[Entry] = []
        self._terms: list[Sequence[str]] = []
        self._rows: dict[str, int] = {}
        self._postings: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self._term_count = 0
        self._graph: Any = None
        self._covered = 0
        self.is_extending = False

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> list[str]:
        """Ids, sorted by code point."""
        return sorted(self._rows)

    def get(self, entry_id: str) -> Entry | None:
        """An entry."""
        row = self._rows.get(entry_id)
        return None if row is None else self._whole(row)

    def live_entries(self) -> list[Entry]:
        """Every entry, in no order."""
        return [self._whole(row) for row in list(self._rows.values())]

    def put(self, entry: Entry) -> None:
        """Adds an entry, or puts it in the place of the one of its id."""
        self.delete(entry.id)
        row = len(self._entries)
        if row == len(self._matrix):
            self._grow()
        self._matrix[row] = entry.vector
        self._norms[row] = np.linalg.norm(entry.vector)
        terms = terms_of(entry.text)
        self._entries.append(replace(entry, vector=_NOTHING))
        self._terms.append(terms)
        for term in terms:
            self._postings[term][row] = None
        self._term_count += len(terms)
        self._rows[entry.id] = row
        self._is_live[row] = True

    def delete(self, entry_id: str) -> bool:
        """Removes an entry; whether there was one."""
        row = self._rows.pop(entry_id, None)
        if row is None:
            return False
        self._is_live[row] = False
        for term in self._terms[row]:
            posting = self._postings[term]
            posting.pop(row, None)
            if not posting:
                del self._postings[term]
        self._term_count -= len(self._terms[row])
        return True

    @property
    def is_wasteful(self) -> bool:
        """Whether most rows are of entries that are gone."""
        return len(self._entries) > 2 * len(self._rows) + 1024

    def compacted(self) -> Table:
        """The same entries without the rows of those that are gone."""
        table = Table(self._dimensions, self._metric, graph_from=self._graph_from)
        for entry in self.live_entries():
            table.put(entry)
        return table

    @property
    def wants_graph(self) -> bool:
        """Whether `extend` should be called."""
        count = len(self._entries)
        return (
            not self.is_extending and count >= self._graph_from and count - self._covered >= _TAIL
        )

    def extend(self) -> None:
        """Takes the rows that there are into the graph; takes long, so in a thread."""
        from usearch.index import Index

        until = len(self._entries)
        matrix, graph = self._matrix, self._graph
        if graph is None:
            graph = Index(
                ndim=self._dimensions,
                metric=_METRICS[self._metric],
                dtype="f32",
                connectivity=_CONNECTIVITY,
                expansion_add=_EXPANSION_ADD,
                expansion_search=_EXPANSION_SEARCH,
            )
        for start in range(self._covered, until, _PART):
            end = min(until, start + _PART)
            graph.add(np.arange(start, end, dtype=np.uint64), matrix[start:end])
        self._graph = graph
        self._covered = until

    def search(
        self, vector: Vector, *, limit: int, where: Filter | None, is_exact: bool
    ) -> list[Hit]:
        """The nearest entries, as `VectorIndex.nearest` says."""
        until = len(self._entries)
        if not is_exact and self._graph is not None:
            rows = self._graph_rows(vector, limit, where, until)
            if rows is not None:
                return self._ranked(rows, vector, limit)
        return self._ranked(self._live_rows(0, until, where), vector, limit)

    def find_words(self, terms: Sequence[str], *, limit: int, where: Filter | None) -> list[Hit]:
        """The entries with those words, as `VectorIndex.by_words` says."""
        total = len(self._rows)
        average = self._term_count / total if total else 0.0
        scores: defaultdict[int, float] = defaultdict(float)
        for term in terms:
            rows = list(self._postings.get(term, ()))
            weight = rarity(len(rows), total)
            for row in rows:
                scores[row] += weight
        hits = [
            Hit(entry.id, score * length_factor(len(self._terms[row]), average))
            for row, score in scores.items()
            if matches(where, (entry := self._entries[row]).metadata) and self._is_live[row]
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

    def _whole(self, row: int) -> Entry:
        return replace(self._entries[row], vector=self._matrix[row].copy())

    def _grow(self) -> None:
        size = 2 * len(self._matrix)
        matrix = np.empty((size, self._dimensions), np.float32)
        matrix[: len(self._matrix)] = self._matrix
        norms = np.empty(size, np.float32)
        norms[: len(self._norms)] = self._norms
        is_live = np.zeros(size, np.bool_)
        is_live[: len(self._is_live)] = self._is_live
        self._matrix, self._norms, self._is_live = matrix, norms, is_live

    def _live_rows(self, start: int, until: int, where: Filter | None) -> NDArray[np.intp]:
        rows = np.flatnonzero(self._is_live[start:until]) + start
        if where is None:
            return rows
        kept = [row for row in rows.tolist() if matches(where, self._entries[row].metadata)]
        return np.asarray(kept, dtype=np.intp)

    def _graph_rows(
        self, vector: Vector, limit: int, where: Filter | None, until: int
    ) -> NDArray[np.intp] | None:
        """Candidates of the graph and every row behind it; None when the graph has too few."""
        covered = self._covered
        wanted = min(covered, max(_OVERFETCH * limit, _EXPANSION_SEARCH))
        found = self._graph.search(vector, wanted).keys.astype(np.intp)
        is_there = self._is_live[found]
        rows = [
            row for row in found[is_there].tolist() if matches(where, self._entries[row].metadata)
        ]
        if len(rows) < limit and wanted < covered:
            return None
        tail = self._live_rows(covered, until, where)
        return np.concatenate([np.asarray(rows, dtype=np.intp), tail])

    def _ranked(self, rows: NDArray[np.intp], vector: Vector, limit: int) -> list[Hit]:
        if not rows.size:
            return []
        keys = self._keys(rows, vector)
        if rows.size > limit:
            # All that are as near as the last one, so that equal scores are told apart by id.
            bound = np.partition(keys, limit - 1)[limit - 1]
            nearest = keys <= bound
            rows, keys = rows[nearest], keys[nearest]
        is_distance = self._metric.is_distance
        hits = [
            Hit(self._entries[row].id, float(key if is_distance else -key))
            for row, key in zip(rows.tolist(), keys.tolist(), strict=True)
        ]
        hits.sort(key=lambda hit: (hit.score if is_distance else -hit.score, hit.id))
        return hits[:limit]

    def _keys(self, rows: NDArray[np.intp], vector: Vector) -> NDArray[np.float32]:
        """Smaller is nearer: the distance, or the negative similarity."""
        is_all = rows.size == rows[-1] + 1 and rows[0] == 0
        matrix = self._matrix[: rows.size] if is_all else self._matrix[rows]
        if self._metric is Metric.EUCLIDEAN:
            return np.linalg.norm(matrix - vector, axis=1).astype(np.float32)
        product = matrix @ vector
        if self._metric is Metric.DOT:
            return -product
        return (-product / (self._norms[rows] * np.linalg.norm(vector))).astype(np.float32)
