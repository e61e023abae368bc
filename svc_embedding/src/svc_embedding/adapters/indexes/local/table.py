"""The entries of one namespace in one generation, in memory.

Rows are appended and never written again, so that searches go on in other threads while one
writes; an entry that is replaced gets a new row. What a search sees is one copy of which rows are
live, taken while no write changes that; the words of rows that are gone stay listed until the table
is compacted, so that whoever still sees such a row finds them. Below `graph_from` rows every search
is exact; above it a graph answers for the rows it has, and the rest is compared as before.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import merge
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
_PART: Final = 128
"""Rows that the graph takes at once; a search waits while it does."""
_SORTED: Final = 20_000
"""Ids that are sorted at once, which nothing can interrupt."""
_NOTHING: Final[Vector] = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True)
class _View:
    """The table at one moment.

    Args:
        is_live: Of every row there was.
        total: Live rows.
        term_count: Different words of all live rows together.
    """

    is_live: NDArray[np.bool_]
    total: int
    term_count: int

    def among(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Those of some rows that are live."""
        rows = rows[rows < self.is_live.size]
        return rows[self.is_live[rows]]


class Table:
    """Written by one thread at a time; all else may run beside it, and sees each write whole or not
    yet. Vectors lie in the matrix alone."""

    def __init__(self, dimensions: int, metric: Metric, *, graph_from: int = GRAPH_FROM) -> None:
        self._dimensions = dimensions
        self._metric = metric
        self._graph_from = graph_from
        self._matrix: NDArray[np.float32] = np.empty((16, dimensions), np.float32)
        self._norms: NDArray[np.float32] = np.empty(16, np.float32)
        self._is_live: NDArray[np.bool_] = np.zeros(16, np.bool_)
        self._entries: list[Entry] = []
        self._lengths: NDArray[np.int32] = np.zeros(16, np.int32)
        self._rows: dict[str, int] = {}
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        self._term_count = 0
        # Held by who changes which rows are live, and by who copies that: for microseconds.
        self._turning = threading.Lock()
        self._turns = 0
        self._sorted: tuple[int, list[str]] = (0, [])
        self._graph: Any = None
        self._covered = 0
        self.is_extending = False
        self.is_stopping = False
        """Set by who wants `extend` to end soon."""

    def __len__(self) -> int:
        return len(self._rows)

    def ids(self) -> list[str]:
        """Ids by code point; sorted again only after ids were added or removed."""
        turns, found = self._turns, self._sorted
        if found[0] != turns:
            keys = list(self._rows)
            parts = [sorted(keys[at : at + _SORTED]) for at in range(0, len(keys), _SORTED)]
            self._sorted = found = (turns, list(merge(*parts)))
        return found[1]

    def has(self, entry_id: str) -> bool:
        """Whether there is an entry."""
        return entry_id in self._rows

    def text_of(self, entry_id: str) -> str:
        """The text of an entry; empty when there is none."""
        row = self._rows.get(entry_id)
        return "" if row is None else self._entries[row].text

    def get(self, entry_id: str) -> Entry | None:
        """An entry."""
        row = self._rows.get(entry_id)
        return None if row is None else self._whole(row)

    def live_entries(self) -> list[Entry]:
        """Every entry, in no order."""
        return [self._whole(row) for row in list(self._rows.values())]

    def put(self, entries: Sequence[Entry]) -> None:
        """Adds entries, or puts them in the place of those of their ids: all at one moment."""
        rows = [self._append(entry) for entry in entries]
        with self._turning:
            count = len(self._rows)
            for entry, row in zip(entries, rows, strict=True):
                self._retire(self._rows.get(entry.id))
                self._rows[entry.id] = row
                self._is_live[row] = True
                self._term_count += int(self._lengths[row])
            self._turns += count != len(self._rows)

    def delete(self, ids: Sequence[str]) -> None:
        """Removes those entries that there are, at one moment."""
        with self._turning:
            for entry_id in ids:
                self._retire(self._rows.pop(entry_id, None))
            self._turns += 1

    @property
    def is_wasteful(self) -> bool:
        """Whether most rows are of entries that are gone."""
        return len(self._entries) > 2 * len(self._rows) + 1024

    def compacted(self) -> Table:
        """The same entries without the rows of those that are gone."""
        table = Table(self._dimensions, self._metric, graph_from=self._graph_from)
        table.put(self.live_entries())
        return table

    @property
    def wants_graph(self) -> bool:
        """Whether `extend` should be called."""
        count = len(self._entries)
        is_free = not self.is_extending and not self.is_stopping
        return is_free and count >= self._graph_from and count - self._covered >= _TAIL

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
        reached = self._covered
        while reached < until and not self.is_stopping:
            end = min(until, reached + _PART)
            graph.add(np.arange(reached, end, dtype=np.uint64), matrix[reached:end])
            reached = end
        # In this order: a graph is never asked for more rows than it has.
        self._covered = reached
        self._graph = graph

    def search(
        self, vector: Vector, *, limit: int, where: Filter | None, is_exact: bool
    ) -> list[Hit]:
        """The nearest entries, as `VectorIndex.nearest` says."""
        view = self._view()
        if not is_exact and self._graph is not None:
            rows = self._graph_rows(view, vector, limit, where)
            if rows is not None:
                return self._ranked(rows, vector, limit)
        return self._ranked(self._live_rows(view, 0, where), vector, limit)

    def find_words(self, terms: Sequence[str], *, limit: int, where: Filter | None) -> list[Hit]:
        """The entries with those words, as `VectorIndex.by_words` says."""
        view = self._view()
        average = view.term_count / view.total if view.total else 0.0
        scores: NDArray[np.float64] = np.zeros(view.is_live.size)
        for term in terms:
            rows = view.among(np.asarray(list(self._postings.get(term, ())), dtype=np.intp))
            scores[rows] += rarity(rows.size, view.total)
        rows = self._matching(np.flatnonzero(scores), where)
        keys = -scores[rows] * self._length_factors(rows, average)
        return self._first(rows, keys, limit, is_distance=False)

    def _view(self) -> _View:
        with self._turning:
            return _View(
                self._is_live[: len(self._entries)].copy(), len(self._rows), self._term_count
            )

    def _append(self, entry: Entry) -> int:
        """Writes an entry into a row of its own that nobody sees yet."""
        row = len(self._entries)
        if row == len(self._matrix):
            self._grow()
        self._matrix[row] = entry.vector
        self._norms[row] = np.linalg.norm(entry.vector)
        terms = terms_of(entry.text)
        self._lengths[row] = len(terms)
        self._entries.append(replace(entry, vector=_NOTHING))
        for term in terms:
            self._postings[term].append(row)
        return row

    def _retire(self, row: int | None) -> None:
        if row is not None:
            self._is_live[row] = False
            self._term_count -= int(self._lengths[row])

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
        lengths = np.zeros(size, np.int32)
        lengths[: len(self._lengths)] = self._lengths
        self._lengths = lengths
        self._matrix, self._norms, self._is_live = matrix, norms, is_live

    def _live_rows(self, view: _View, start: int, where: Filter | None) -> NDArray[np.intp]:
        return self._matching(np.flatnonzero(view.is_live[start:]) + start, where)

    def _matching(self, rows: NDArray[np.intp], where: Filter | None) -> NDArray[np.intp]:
        if where is None:
            return rows
        kept = [row for row in rows.tolist() if matches(where, self._entries[row].metadata)]
        return np.asarray(kept, dtype=np.intp)

    def _length_factors(self, rows: NDArray[np.intp], average: float) -> NDArray[np.float64]:
        lengths, places = np.unique(self._lengths[rows], return_inverse=True)
        factors = [length_factor(length, average) for length in lengths.tolist()]
        return np.asarray(factors, dtype=np.float64)[places]

    def _graph_rows(
        self, view: _View, vector: Vector, limit: int, where: Filter | None
    ) -> NDArray[np.intp] | None:
        """Candidates of the graph and every row behind it; None when the graph has too few."""
        covered = min(self._covered, view.is_live.size)
        wanted = min(covered, max(_OVERFETCH * limit, _EXPANSION_SEARCH))
        found = self._graph.search(vector, wanted, threads=1).keys.astype(np.intp)
        rows = self._matching(view.among(found), where)
        if rows.size < limit and np.count_nonzero(found < covered) < covered:
            return None
        # While the graph grows it has rows of the tail already, which are all compared anyway.
        rows = np.sort(rows[rows < covered])
        return np.concatenate([rows, self._live_rows(view, covered, where)])

    def _ranked(self, rows: NDArray[np.intp], vector: Vector, limit: int) -> list[Hit]:
        if not rows.size:
            return []
        keys = self._keys(rows, vector)
        return self._first(rows, keys, limit, is_distance=self._metric.is_distance)

    def _first(
        self,
        rows: NDArray[np.intp],
        keys: NDArray[np.floating[Any]],
        limit: int,
        *,
        is_distance: bool,
    ) -> list[Hit]:
        """Those of the smallest keys; the score of each is its key, or that negated."""
        if rows.size > limit:
            # All that are as near as the last one, so that equal scores are told apart by id.
            bound = np.partition(keys, limit - 1)[limit - 1]
            nearest = keys <= bound
            rows, keys = rows[nearest], keys[nearest]
        scores = (keys if is_distance else -keys).tolist()
        hits = [
            Hit(self._entries[row].id, score)
            for row, score in zip(rows.tolist(), scores, strict=True)
        ]
        hits.sort(key=lambda hit: (hit.score if is_distance else -hit.score, hit.id))
        return hits[:limit]

    def _keys(self, rows: NDArray[np.intp], vector: Vector) -> NDArray[np.float32]:
        """Smaller is nearer: the distance, or the negative similarity. Rows are in their order."""
        is_all = rows.size == rows[-1] + 1 and rows[0] == 0
        matrix = self._matrix[: rows.size] if is_all else self._matrix[rows]
        if self._metric is Metric.EUCLIDEAN:
            return np.linalg.norm(matrix - vector, axis=1).astype(np.float32)
        product = matrix @ vector
        if self._metric is Metric.DOT:
            return -product
        return (-product / (self._norms[rows] * np.linalg.norm(vector))).astype(np.float32)
