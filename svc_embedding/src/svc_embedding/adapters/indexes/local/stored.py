"""One index in memory, as its log says."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Final

from oms_core.logging import get_logger

from svc_embedding.adapters.indexes.local.disk import disk_errors, finished
from svc_embedding.adapters.indexes.local.log import Log
from svc_embedding.adapters.indexes.local.operations import (
    Clear,
    Delete,
    Operation,
    Put,
    SetRecord,
    decode,
    encode,
)
from svc_embedding.adapters.indexes.local.table import Table
from svc_embedding.domain.indexes.entries import Entry, Placed, Vector, text_hash
from svc_embedding.domain.indexes.records import IndexRecord

_SNAPSHOT_PART: Final = 500
_SLACK_BYTES: Final = 64 * 1024 * 1024
"""How much a log grows beyond twice its last snapshot before it is rewritten."""


class StoredIndex:
    """Hold `lock` from reading what a write depends on until `apply` is done."""

    def __init__(self, log: Log, *, graph_from: int) -> None:
        """Reads the log; in a thread, since it may be long."""
        self.log = log
        self.lock = asyncio.Lock()
        self._graph_from = graph_from
        self._record: IndexRecord | None = None
        self._tables: dict[tuple[int, str], Table] = {}
        # Of each generation: which entries, by namespace and id, have the text of a hash.
        self._holders: dict[int, dict[str, dict[tuple[str, str], None]]] = {}
        self._version = 0
        self._extending: set[asyncio.Task[None]] = set()
        for payload in log.records():
            self._take_in(decode(payload))
        self._snapshot_size = log.size
        if log.size > _SLACK_BYTES:
            # Not the log's size, which what was replaced and deleted since may be most of.
            self._snapshot_size = sum(map(len, self._snapshot()))

    @property
    def is_made(self) -> bool:
        """Whether the log has a record."""
        return self._record is not None

    @property
    def record(self) -> IndexRecord:
        """As it is now."""
        if self._record is None:
            raise RuntimeError("the index has no record yet")
        return self._record

    def next_version(self) -> int:
        """A version for entries, larger than all before."""
        self._version += 1
        return self._version

    async def apply(self, operations: Sequence[Operation]) -> None:
        """Makes operations durable and then visible, together."""
        if not operations:
            return
        with disk_errors():
            # A write that was begun is finished, whoever waits: memory and log stay the same.
            await finished(asyncio.to_thread(self._apply, operations))
        self.tend()

    def tend(self) -> None:
        """Starts what graphs need, in the background."""
        for table in list(self._tables.values()):
            if table.wants_graph:
                table.is_extending = True
                task = asyncio.get_running_loop().create_task(self._extend(table))
                self._extending.add(task)
                task.add_done_callback(self._extending.discard)

    async def stop(self) -> None:
        """Ends what goes on in the background; the index is not used any more."""
        for table in list(self._tables.values()):
            table.is_stopping = True
        if self._extending:
            await asyncio.wait(set(self._extending))

    async def settle(self) -> None:
        """Waits until there is nothing more to do in the background."""
        self.tend()
        while self._extending:
            await asyncio.wait(set(self._extending))
            self.tend()

    def active(self, namespace: str) -> Table | None:
        """The entries of a namespace that are searched."""
        return self._tables.get((self.record.active.number, namespace))

    def has(self, namespace: str, entry_id: str) -> bool:
        """Whether there is an entry."""
        table = self.active(namespace)
        return table is not None and table.has(entry_id)

    def count(self, namespace: str | None) -> int:
        """How many entries are searched."""
        number = self.record.active.number
        return sum(
            len(table)
            for (of, name), table in list(self._tables.items())
            if of == number and namespace in (None, name)
        )

    def missing(self, entries: Sequence[Placed]) -> list[Operation]:
        """Puts into the generation that is being filled, of what it has not and is unchanged."""
        record = self.record
        if record.building is None:
            return []
        filled = record.building.generation.number
        found: dict[str, list[Entry]] = {}
        for placed in entries:
            source = self.active(placed.namespace)
            target = self._tables.get((filled, placed.namespace))
            original = source.get(placed.entry.id) if source else None
            is_same = original is not None and original.version == placed.entry.version
            if is_same and (target is None or not target.has(placed.entry.id)):
                found.setdefault(placed.namespace, []).append(placed.entry)
        return [Put(filled, namespace, puts) for namespace, puts in found.items()]

    def scan(self, number: int, after: tuple[str, str] | None, limit: int) -> list[Placed]:
        """Entries of a generation by namespace and id; in a thread, since it may sort all ids."""
        names = sorted(name for of, name in list(self._tables) if of == number)
        found = (
            placed
            for name in names
            if after is None or name >= after[0]
            for placed in self._after(
                number, name, after[1] if after and name == after[0] else None
            )
        )
        return list(islice(found, limit))

    def _after(self, number: int, name: str, entry_id: str | None) -> Iterator[Placed]:
        table = self._tables.get((number, name))
        if table is None:
            return
        ids = table.ids()
        for at in range(0 if entry_id is None else bisect_right(ids, entry_id), len(ids)):
            entry = table.get(ids[at])
            if entry is not None:
                yield Placed(name, entry)

    def known_vectors(self, generation: int, hashes: Sequence[str]) -> dict[str, Vector]:
        """Vectors by the hash of their text."""
        holders = self._holders.get(generation, {})
        found: dict[str, Vector] = {}
        for key in hashes:
            for namespace, entry_id in list(holders.get(key, ())):
                table = self._tables.get((generation, namespace))
                entry = table.get(entry_id) if table else None
                if entry is not None and entry.text_hash == key:
                    found[key] = entry.vector
                    break
        return found

    def _apply(self, operations: Sequence[Operation]) -> None:
        """Runs in a thread while the lock is held; searches go on meanwhile."""
        self.log.append(encode(operations))
        self._take_in(operations)
        for key, table in list(self._tables.items()):
            if table.is_wasteful and not table.is_extending:
                self._tables[key] = table.compacted()
        if self.log.size > 2 * self._snapshot_size + _SLACK_BYTES:
            self._shorten()

    def _shorten(self) -> None:
        try:
            self.log.rewrite(self._snapshot())
        except OSError as exc:
            # What was to be written is in the log, and stays there; later writes try again.
            get_logger().error("the log of a vector index was not shortened", exc_info=exc)
            self._snapshot_size = self.log.size
        else:
            self._snapshot_size = self.log.size

    def _take_in(self, operations: Sequence[Operation]) -> None:
        for each in operations:
            match each:
                case SetRecord(record):
                    self._set_record(record)
                case Put(generation, namespace, entries):
                    self._put(generation, namespace, entries)
                case Delete(namespace, ids):
                    for key in [key for key in self._tables if key[1] == namespace]:
                        self._delete(*key, ids)
                case Clear(namespace):
                    for key in [key for key in self._tables if key[1] == namespace]:
                        self._delete(*key, self._tables[key].ids())
                        del self._tables[key]

    def _set_record(self, record: IndexRecord) -> None:
        self._record = record
        numbers = {generation.number for generation in record.generations}
        for key in [key for key in self._tables if key[0] not in numbers]:
            del self._tables[key]
        for number in self._holders.keys() - numbers:
            del self._holders[number]

    def _delete(self, number: int, namespace: str, ids: Sequence[str]) -> None:
        table = self._tables[number, namespace]
        for entry_id in ids:
            self._let_go(number, namespace, entry_id, table)
        table.delete(ids)

    def _put(self, number: int, namespace: str, entries: Sequence[Entry]) -> None:
        table = self._tables.get((number, namespace))
        if table is None:
            record = self.record
            dimensions = {each.number: each.dimensions for each in record.generations}
            if number not in dimensions:  # a generation that was dropped later in the log
                return
            table = Table(dimensions[number], record.metric, graph_from=self._graph_from)
            self._tables[number, namespace] = table
        holders = self._holders.setdefault(number, {})
        for entry in entries:
            if entry.text != table.text_of(entry.id):
                self._let_go(number, namespace, entry.id, table)
            self._version = max(self._version, entry.version)
            if entry.text:
                holders.setdefault(entry.text_hash, {})[namespace, entry.id] = None
        table.put(entries)

    def _let_go(self, number: int, namespace: str, entry_id: str, table: Table) -> None:
        """Takes an entry off the holders of its text."""
        key = text_hash(table.text_of(entry_id))
        holders = self._holders.get(number, {})
        if key in holders:
            holders[key].pop((namespace, entry_id), None)
            if not holders[key]:
                del holders[key]

    async def _extend(self, table: Table) -> None:
        try:
            await asyncio.to_thread(table.extend)
        except Exception as exc:  # noqa: BLE001 - exact search goes on without a graph
            get_logger().error("the graph of a vector index was not extended", exc_info=exc)
        finally:
            table.is_extending = False

    def _snapshot(self) -> Generator[bytes]:
        yield encode([SetRecord(self.record)])
        for (number, namespace), table in self._tables.items():
            entries = table.live_entries()
            for start in range(0, len(entries), _SNAPSHOT_PART):
                yield encode([Put(number, namespace, entries[start : start + _SNAPSHOT_PART])])
