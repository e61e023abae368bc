"""Where indexes lie, whatever keeps them. One suite of tests runs on every backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from svc_embedding.domain.indexes.entries import Entry, Hit, Placed, Vector
from svc_embedding.domain.indexes.filters import Filter
from svc_embedding.domain.indexes.records import Building, IndexRecord

MAX_DIMENSIONS: Final = 16_000
"""Longest vectors that every backend keeps."""
MAX_RESULTS: Final = 1000
"""How far a ranking is read."""


@dataclass(frozen=True, slots=True)
class State:
    """A small value that is kept beside the indexes, with the number of its writes; 0: none."""

    value: str = ""
    version: int = 0


class VectorIndex(Protocol):
    """Keeps indexes and their entries. Safe to use from many tasks at once.

    A write is durable once answered, and seen by every read that begins later. A method that is
    given a record raises LayoutChanged when the index has other generations by now, or is gone.
    Every method may raise ServiceUnavailable.
    """

    @property
    def backend(self) -> str:
        """`pgvector`, `local` or `qdrant`."""
        ...

    async def create(self, record: IndexRecord) -> None:
        """Makes an index.

        Raises:
            ResourceAlreadyExists: there is one of that id.
        """
        ...

    async def get(self, index_id: str) -> IndexRecord:
        """The record of an index.

        Raises:
            ResourceNotFound: there is none.
        """
        ...

    async def list(self) -> Sequence[IndexRecord]:
        """Every record, by id."""
        ...

    async def delete(self, index_id: str) -> None:
        """Drops an index with its entries.

        Raises:
            ResourceNotFound: there is none.
        """
        ...

    async def change(self, record: IndexRecord) -> IndexRecord:
        """Replaces a record in one step, if its layout is still the recorded one; the layout grows.

        A generation that is new begins empty; one that is not named any more is dropped.
        """
        ...

    async def note(self, record: IndexRecord, building: Building) -> None:
        """Records how far a generation is filled; the layout stays."""
        ...

    async def next_generation(self) -> int:
        """A number that no generation had before."""
        ...

    async def write(
        self,
        record: IndexRecord,
        namespace: str,
        puts: Mapping[int, Sequence[Entry]],
        deletes: Sequence[str] = (),
    ) -> int:
        """Replaces and deletes entries in all generations, all or none.

        Args:
            puts: By the number of each generation of the record, the same ids in each.
        Returns:
            How many of `deletes` there were.
        """
        ...

    async def clear(self, record: IndexRecord, namespace: str) -> int:
        """Deletes the entries of a namespace; how many there were."""
        ...

    async def fill(self, record: IndexRecord, entries: Sequence[Placed]) -> None:
        """Puts entries into the generation that is being filled: those that it has not, and that
        are in
        the active one as they were read, by their version. The others were written meanwhile."""
        ...

    async def scan(
        self, record: IndexRecord, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Placed]:
        """Entries of the active generation ordered by namespace and id."""
        ...

    async def entries(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Mapping[str, Entry]:
        """Those entries that there are, by id."""
        ...

    async def known_vectors(
        self, record: IndexRecord, generation: int, hashes: Sequence[str]
    ) -> Mapping[str, Vector]:
        """Vectors of texts that some entry of a generation has, by the hash of the text."""
        ...

    async def nearest(
        self,
        record: IndexRecord,
        namespace: str,
        vector: Vector,
        *,
        limit: int,
        where: Filter | None = None,
        is_exact: bool = False,
    ) -> Sequence[Hit]:
        """The entries nearest to a vector, the best first, equal scores by id.

        Scores are computed from float32 vectors, also where the graph holds shorter numbers.
        """
        ...

    async def by_words(
        self,
        record: IndexRecord,
        namespace: str,
        terms: Sequence[str],
        *,
        limit: int,
        where: Filter | None = None,
    ) -> Sequence[Hit]:
        """The entries that have words in common with a query, the best first, equal scores by
        id."""
        ...

    async def count(self, record: IndexRecord, namespace: str | None = None) -> int:
        """How many entries the active generation has, in a namespace or altogether."""
        ...

    async def state(self, key: str) -> State:
        """A value that is kept beside the indexes."""
        ...

    async def put_state(self, key: str, value: str, version: int) -> bool:
        """Writes such a value if it has that version still; whether it had."""
        ...

    async def check(self) -> None:
        """Raises ServiceUnavailable unless it can be used."""
        ...

    async def close(self) -> None:
        """Closes what it opened. Idempotent."""
        ...
