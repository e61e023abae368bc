"""`VectorIndex` in this process: memory for searching, a log for each index for keeping."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, ServiceUnavailable

from svc_embedding.adapters.indexes.local.disk import (
    TEMPORARY,
    disk_errors,
    finished,
    replace_file,
)
from svc_embedding.adapters.indexes.local.log import Log
from svc_embedding.adapters.indexes.local.operations import (
    Clear,
    Delete,
    Operation,
    Put,
    SetRecord,
)
from svc_embedding.adapters.indexes.local.stored import StoredIndex
from svc_embedding.adapters.indexes.local.table import GRAPH_FROM
from svc_embedding.domain.indexes.entries import Entry, Hit, Placed, Vector
from svc_embedding.domain.indexes.filters import Filter
from svc_embedding.domain.indexes.records import (
    Building,
    IndexRecord,
    LayoutChanged,
    index_name,
)
from svc_embedding.domain.indexes.vector_index import State

_GENERATION: Final = "generation"
_SUFFIX: Final = ".index"


class LocalIndex:
    """Opens its folder when first used; one process at a time may.

    Everything but a search runs under one lock for each index; searches see it before or after a
    write. What was begun is finished, whoever waits for it: memory and disk say the same.
    """

    backend = "local"

    def __init__(self, folder: Path, *, graph_from: int = GRAPH_FROM) -> None:
        self._folder = folder
        self._graph_from = graph_from
        self._indexes: dict[str, StoredIndex] = {}
        self._states: dict[str, State] = {}
        self._opening = asyncio.Lock()
        self._lock = asyncio.Lock()
        self._folder_lock: int | None = None

    async def create(self, record: IndexRecord) -> None:
        await self._opened()
        async with self._lock:
            if record.id in self._indexes:
                raise ResourceAlreadyExists.of("index", index_name(record.id))
            with disk_errors():
                await finished(self._made(record))

    async def get(self, index_id: str) -> IndexRecord:
        await self._opened()
        return self._index(index_id).record

    async def list(self) -> Sequence[IndexRecord]:
        await self._opened()
        return [self._indexes[key].record for key in sorted(self._indexes)]

    async def delete(self, index_id: str) -> None:
        await self._opened()
        async with self._lock:
            index = self._index(index_id)
            async with index.lock:
                with disk_errors():
                    await finished(self._dropped(index))

    async def change(self, record: IndexRecord) -> IndexRecord:
        changed = replace(record, layout=record.layout + 1)
        index = await self._at(record)
        async with index.lock:
            self._check(index, record)
            await index.apply([SetRecord(changed)])
        return changed

    async def note(self, record: IndexRecord, building: Building) -> None:
        index = await self._at(record)
        async with index.lock:
            self._check(index, record)
            await index.apply([SetRecord(replace(index.record, building=building))])

    async def next_generation(self) -> int:
        while True:
            state = await self.state(_GENERATION)
            number = int(state.value or "0") + 1
            if await self.put_state(_GENERATION, str(number), state.version):
                return number

    async def write(
        self,
        record: IndexRecord,
        namespace: str,
        puts: Mapping[int, Sequence[Entry]],
        deletes: Sequence[str] = (),
    ) -> int:
        index = await self._at(record)
        async with index.lock:
            self._check(index, record)
            version = index.next_version()
            operations: list[Operation] = [
                Put(number, namespace, [replace(entry, version=version) for entry in entries])
                for number, entries in puts.items()
                if entries
            ]
            there = [key for key in set(deletes) if index.has(namespace, key)]
            if there:
                operations.append(Delete(namespace, there))
            await index.apply(operations)
            return len(there)

    async def clear(self, record: IndexRecord, namespace: str) -> int:
        index = await self._at(record)
        async with index.lock:
            self._check(index, record)
            count = index.count(namespace)
            await index.apply([Clear(namespace)])
            return count

    async def fill(self, record: IndexRecord, entries: Sequence[Placed]) -> None:
        index = await self._at(record)
        async with index.lock:
            self._check(index, record)
            await index.apply(index.missing(entries))

    async def scan(
        self, record: IndexRecord, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Placed]:
        index = await self._at(record)
        return await asyncio.to_thread(index.scan, record.active.number, after, limit)

    async def entries(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Mapping[str, Entry]:
        table = (await self._at(record)).active(namespace)
        found = {key: table.get(key) for key in ids} if table else {}
        return {key: entry for key, entry in found.items() if entry is not None}

    async def known_vectors(
        self, record: IndexRecord, generation: int, hashes: Sequence[str]
    ) -> Mapping[str, Vector]:
        return (await self._at(record)).known_vectors(generation, hashes)

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
        table = (await self._at(record)).active(namespace)
        if table is None:
            return []
        return await asyncio.to_thread(
            table.search, vector, limit=limit, where=where, is_exact=is_exact
        )

    async def by_words(
        self,
        record: IndexRecord,
        namespace: str,
        terms: Sequence[str],
        *,
        limit: int,
        where: Filter | None = None,
    ) -> Sequence[Hit]:
        table = (await self._at(record)).active(namespace)
        if table is None:
            return []
        return await asyncio.to_thread(table.find_words, terms, limit=limit, where=where)

    async def count(self, record: IndexRecord, namespace: str | None = None) -> int:
        return (await self._at(record)).count(namespace)

    async def state(self, key: str) -> State:
        await self._opened()
        return self._states.get(key, State())

    async def put_state(self, key: str, value: str, version: int) -> bool:
        await self._opened()
        async with self._lock:
            if self._states.get(key, State()).version != version:
                return False
            with disk_errors():
                await finished(self._keep(self._states | {key: State(value, version + 1)}))
            return True

    async def settle(self) -> None:
        """Waits until the graphs have every entry that they are to have."""
        for index in list(self._indexes.values()):
            await index.settle()

    async def check(self) -> None:
        await self._opened()

    async def close(self) -> None:
        indexes, self._indexes = self._indexes, {}
        for index in indexes.values():
            async with index.lock:
                await index.stop()
                index.log.close()
        if self._folder_lock is not None:
            os.close(self._folder_lock)
            self._folder_lock = None

    async def _opened(self) -> None:
        if self._folder_lock is not None:
            return
        async with self._opening:
            if self._folder_lock is None:
                with disk_errors():
                    await finished(asyncio.to_thread(self._open))
                for index in self._indexes.values():
                    index.tend()

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock_folder(self._folder)
        indexes: dict[str, StoredIndex] = {}
        try:
            for left in self._folder.glob(f"*{TEMPORARY}"):  # by a crash
                left.unlink()
            self._states = self._read_states()
            for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
                index = self._load(path.stem)
                if index.is_made:
                    indexes[path.stem] = index
                else:  # a crash while it was created, before anybody was told
                    index.log.remove()
        except BaseException:
            for index in indexes.values():
                index.log.close()
            os.close(lock)
            raise
        self._indexes = indexes
        self._folder_lock = lock

    def _load(self, index_id: str) -> StoredIndex:
        log = Log(self._folder / f"{index_id}{_SUFFIX}")
        try:
            return StoredIndex(log, graph_from=self._graph_from)
        except BaseException:
            log.close()
            raise

    async def _made(self, record: IndexRecord) -> None:
        """Nobody sees an index before its record is on disk."""
        index = await asyncio.to_thread(self._load, record.id)
        try:
            await index.apply([SetRecord(record)])
        except BaseException:
            await asyncio.to_thread(index.log.remove)
            raise
        self._indexes[record.id] = index

    async def _dropped(self, index: StoredIndex) -> None:
        await index.stop()
        await asyncio.to_thread(index.log.remove)
        del self._indexes[index.record.id]

    async def _keep(self, states: dict[str, State]) -> None:
        await asyncio.to_thread(self._write_states, states)
        self._states = states

    def _read_states(self) -> dict[str, State]:
        path = self._folder / "states.json"
        if not path.exists():
            return {}
        plain: dict[str, Any] = orjson.loads(path.read_bytes())
        return {key: State(*value) for key, value in plain.items()}

    def _write_states(self, states: Mapping[str, State]) -> None:
        data = orjson.dumps({key: [each.value, each.version] for key, each in states.items()})
        replace_file(self._folder / "states.json", data)

    def _index(self, index_id: str) -> StoredIndex:
        index = self._indexes.get(index_id)
        if index is None:
            raise ResourceNotFound.of("index", index_name(index_id))
        return index

    async def _at(self, record: IndexRecord) -> StoredIndex:
        await self._opened()
        index = self._indexes.get(record.id)
        if index is None:
            raise LayoutChanged
        self._check(index, record)
        return index

    def _check(self, index: StoredIndex, record: IndexRecord) -> None:
        known = index.record
        is_same = known.layout == record.layout and known.create_time == record.create_time
        if not is_same or self._indexes.get(record.id) is not index:
            raise LayoutChanged


def _lock_folder(folder: Path) -> int:
    import fcntl

    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        os.close(descriptor)
        raise ServiceUnavailable(
            f"another process uses the vector indexes in {folder.name!r}; set DATABASE_URL to "
            f"share them",
            metadata={"service": "vector index"},
            retry_after_s=1.0,
        ) from exc
    return descriptor
