"""Snapshots, loaded from the kernel and kept by commit.

A commit never changes, so a snapshot is never stale; it is only ever dropped for
want of room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from functools import partial

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import ResourceNotFound
from oms_kernel import SingleFlight

from svc_api.adapters.documents import document_id, key_of_document, stored_elements
from svc_api.adapters.kernel import Kernel
from svc_api.domain.elements import Key, StoredElement
from svc_api.domain.snapshot import Snapshot

_Id = tuple[str, str]

# A few changes are fetched one by one; beyond this and a quarter of the ontology
# it is cheaper to read everything again.
_ALWAYS_ADVANCED = 1000


class Snapshots:
    """A bounded cache of snapshots in front of the kernel.

    Args:
        max_elements: How many elements all kept snapshots may hold together; what
            they share counts once. The snapshot used last is always kept.
    """

    def __init__(self, kernel: Kernel, *, max_elements: int) -> None:
        self._kernel = kernel
        self._max_elements = max_elements
        self._kept: OrderedDict[_Id, Snapshot] = OrderedDict()
        self._shared: dict[int, tuple[int, int]] = {}
        self._size = 0
        self._flights: SingleFlight[_Id, Snapshot] = SingleFlight()

    @property
    def size(self) -> int:
        """How many elements the kept snapshots hold together."""
        return self._size

    def find(self, ontology: str, commit_id: str) -> Snapshot | None:
        """The snapshot of a commit when it is kept."""
        found = self._kept.get((ontology, commit_id))
        if found is not None:
            self._kept.move_to_end((ontology, commit_id))
        return found

    def put(self, snapshot: Snapshot) -> None:
        """Keeps a snapshot, and drops those unused for the longest time to make room."""
        at = (snapshot.ontology, snapshot.commit_id)
        if at not in self._kept:
            self._kept[at] = snapshot
            self._account(snapshot, kept=True)
        self._kept.move_to_end(at)
        while self._size > self._max_elements and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._account(dropped, kept=False)

    def forget(self, ontology: str) -> None:
        """Drops every snapshot of an ontology."""
        for at in [at for at in self._kept if at[0] == ontology]:
            self._account(self._kept.pop(at), kept=False)

    async def get(self, ontology: str, commit_id: str) -> Snapshot:
        """The snapshot of a commit, loaded once however many ask for it.

        Raises:
            ResourceNotFound: there is no such commit.
        """
        return await self._flights.get(
            (ontology, commit_id),
            partial(self.find, ontology, commit_id),
            partial(self._load, ontology, commit_id),
        )

    async def _load(self, ontology: str, commit_id: str) -> Snapshot:
        nearest = next((s for at, s in reversed(self._kept.items()) if at[0] == ontology), None)
        snapshot = await self._advance(nearest, commit_id) if nearest else None
        if snapshot is None:
            elements: list[StoredElement] = []
            async for documents in self._kernel.documents_at(ontology, commit_id):
                elements += stored_elements(documents)
            snapshot = await asyncio.to_thread(Snapshot.of, ontology, commit_id, elements)
        self.put(snapshot)
        return snapshot

    async def _advance(self, nearest: Snapshot, commit_id: str) -> Snapshot | None:
        """Gets from one snapshot to another by what differs; None when that is too much."""
        most = max(_ALWAYS_ADVANCED, len(nearest.elements) // 4)
        diffs: list[commit_pb2.DocumentDiff] = []
        pages = self._kernel.diff(nearest.ontology, nearest.commit_id, commit_id)
        try:
            async with aclosing(pages):
                async for page in pages:
                    if _total(page.counts) > most:
                        return None
                    diffs += page.diffs
        except ResourceNotFound:
            return None  # of an ontology that was deleted and made again under the same id
        changes = await self.fetch(nearest.ontology, commit_id, changed_keys(diffs))
        return nearest.advanced(commit_id, changes)

    async def fetch(
        self, ontology: str, commit_id: str, keys: Sequence[Key]
    ) -> dict[Key, StoredElement | None]:
        """Some elements as of a commit; None is not there."""
        documents = await self._kernel.batch_get(
            ontology, commit_id, [document_id(key) for key in keys]
        )
        found: dict[Key, StoredElement | None] = dict.fromkeys(keys)
        found.update((element.key, element) for element in stored_elements(documents))
        return found

    def _account(self, snapshot: Snapshot, *, kept: bool) -> None:
        elements = snapshot.elements
        base, base_size = elements.shared_part
        users, _ = self._shared.pop(base, (0, base_size))
        users += 1 if kept else -1
        sign = 1 if kept else -1
        if users:
            self._shared[base] = (users, base_size)
        if users == (1 if kept else 0):
            self._size += sign * base_size
        # What a version holds of its own: its changes, and its sorted ids, which
        # are far smaller than elements.
        self._size += sign * (1 + elements.own_size + len(elements) // 64)


def _total(counts: Iterable[commit_pb2.TypeDiffCount]) -> int:
    return sum(c.created_count + c.updated_count + c.deleted_count for c in counts)


def changed_keys(diffs: Sequence[commit_pb2.DocumentDiff]) -> list[Key]:
    """The keys of the elements among differing documents."""
    keys = (key_of_document(diff.document_id) for diff in diffs)
    return [key for key in keys if key is not None]
