"""One index in memory, as its log says."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from heapq import nsmallest
from typing import Any, Final

from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger

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
from svc_embedding.domain.indexes.entries import Entry, Placed, Vector
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
        self._hashes: dict[int, dict[str, tuple[str, str]]] = {}
        self._version = 0
        self._extending: set[asyncio.Task[None]] = set()
        for payload in log.records():
            self._take_in(decode(payload))
        self._snapshot_size = log.size

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
        try:
            # A write that was begun is finished, whoever waits: memory and log stay the same.
            await _finished(asyncio.to_thread(self._apply, operations))
        except OSError as exc:
            raise ServiceUnavailable(
                f"the vector index can't be written ({exc.strerror})",
                metadata={"service": "vector index"},
            ) from exc
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
        """Waits for what goes on in the background."""
        if self._extending:
            await asyncio.wait(set(self._extending))

    async def settle(self) -> None:
        """Waits until there is nothing more to do in the background."""
        self.tend()
        while self._extending:
            await self.stop()
            self.tend()

    def active(self, namespace: str) -> Table | None:
        """The entries of a namespace that are searched."""
        return self._tables.get((self.record.active.number, namespace))

    def has(self, namespace: str, entry_id: str) -> bool:
        """Whether there is an entry."""
        table = self.active(namespace)
        return table is not None and table.get(entry_id) is not None

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
            if is_same and (target is None or target.get(placed.entry.id) is None):
                found.setdefault(placed.namespace, []).append(placed.entry)
        return [Put(filled, namespace, puts) for namespace, puts in found.items()]

    def scan(self, after: tuple[str, str] | None, limit: int) -> list[Placed]:
        """Entries by namespace and id."""
        number = self.record.active.number
        names = sorted(name for of, name in list(self._tables) if of == number)
        found: list[Placed] = []
        for name in names:
            table = self._tables.get((number, name))
            if table is None:
                continue
            if after is not None and name < after[0]:
                continue
            bound = after[1] if after is not None and after[0] == name else None
            entries = [e for e in table.live_entries() if bound is None or e.id > bound]
            first = nsmallest(limit - len(found), entries, key=lambda entry: entry.id)
            found += [Placed(name, entry) for entry in first]
            if len(found) == limit:
                break
        return found

    def known_vectors(self, generation: int, hashes: Sequence[str]) -> dict[str, Vector]:
        """Vectors by the hash of their text."""
        known = self._hashes.get(generation, {})
        found: dict[str, Vector] = {}
        for key in hashes:
            namespace, entry_id = known.get(key, ("", ""))
            table = self._tables.get((generation, namespace))
            entry = table.get(entry_id) if table else None
            if entry is not None and entry.text_hash == key:
                found[key] = entry.vector
        return found

    def _apply(self, operations: Sequence[Operation]) -> None:
        """Runs in a thread while the lock is held; searches go on meanwhile."""
        self.log.append(encode(operations))
        self._take_in(operations)
        for key, table in list(self._tables.items()):
            if table.is_wasteful and not table.is_extending:
                self._tables[key] = table.compacted()
        if self.log.size > 2 * self._snapshot_size + _SLACK_BYTES:
            self.log.rewrite(self._snapshot())
            self._snapshot_size = self.log.size

    def _take_in(self, operations: Sequence[Operation]) -> None:
        for each in operations:
            match each:
                case SetRecord(record):
                    self._record = record
                    numbers = {generation.number for generation in record.generations}
                    for key in [key for key in self._tables if key[0] not in numbers]:
                        del self._tables[key]
                    for number in self._hashes.keys() - numbers:
                        del self._hashes[number]
                case Put(generation, namespace, entries):
                    self._put(generation, namespace, entries)
                case Delete(namespace, ids):
                    for (_, name), table in self._tables.items():
                        for entry_id in ids if name == namespace else ():
                            table.delete(entry_id)
                case Clear(namespace):
                    for key in [key for key in self._tables if key[1] == namespace]:
                        del self._tables[key]

    def _put(self, number: int, namespace: str, entries: Sequence[Entry]) -> None:
        table = self._tables.get((number, namespace))
        if table is None:
            record = self.record
            dimensions = {each.number: each.dimensions for each in record.generations}
            if number not in dimensions:  # a generation that was dropped later in the log
                return
            table = Table(dimensions[number], record.metric, graph_from=self._graph_from)
            self._tables[number, namespace] = table
        hashes = self._hashes.setdefault(number, {})
        for entry in entries:
            table.put(entry)
            self._version = max(self._version, entry.version)
            if entry.text:
                hashes[entry.text_hash] = (namespace, entry.id)

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


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Waits for work to its end, also when the caller is cancelled meanwhile."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as exc:
            cancelled = exc
        except Exception:  # noqa: BLE001 - raised below
            break
    task.result()
    if cancelled is not None:
        raise cancelled
