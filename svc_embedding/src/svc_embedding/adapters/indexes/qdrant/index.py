"""`VectorIndex` in Qdrant, for those whose vectors have outgrown PostgreSQL and one process.

Each generation is a collection of its own; records and states are points of one more. Qdrant has no
transactions: one process at a time writes, under a lock of its own. A write of two generations is
seen when it is in the second one, the searched one: until then nobody takes it for done, and one
that a crash cut in two is whole again once it is repeated, as writes here may be.

Filters are held against the payload here, since Qdrant compares no texts by order and does not
tell types apart as the interface does: a search reads on until it has enough.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from oms_core.errors import ResourceAlreadyExists, ResourceNotFound

from svc_embedding.adapters.indexes.qdrant.client import open_client
from svc_embedding.adapters.indexes.qdrant.documents import Documents
from svc_embedding.adapters.indexes.qdrant.points import (
    collection_of,
    entry_of,
    of_namespace,
    point_id,
    scrolled,
    stored,
    vector_of,
)
from svc_embedding.adapters.indexes.qdrant.scanning import Scans
from svc_embedding.adapters.indexes.record_json import record_from_json, record_to_json
from svc_embedding.domain.indexes.entries import Entry, Hit, Placed, Vector
from svc_embedding.domain.indexes.filters import Filter, matches
from svc_embedding.domain.indexes.records import (
    Building,
    Generation,
    IndexRecord,
    LayoutChanged,
    Metric,
    index_name,
    score_of,
)
from svc_embedding.domain.indexes.vector_index import State
from svc_embedding.domain.indexes.words import length_factor, rarity

_OVERFETCH: Final = 4
_EF_SEARCH: Final = 160


class QdrantIndex:
    """One process at a time may write."""

    backend = "qdrant"

    def __init__(self, url: str, api_key: str = "") -> None:
        """Connects when first used.

        Args:
            url: `http(s)://host:port`; `:memory:` for a small one in this process, which tests use.
        """
        self._url = url
        self._api_key = api_key
        self._lock = asyncio.Lock()
        self._opening = asyncio.Lock()
        self._client: Any = None
        self._documents = Documents(self._opened)
        self._scans = Scans()

    async def create(self, record: IndexRecord) -> None:
        async with self._lock:
            if await self._documents.get("record", record.id) is not None:
                raise ResourceAlreadyExists.of("index", index_name(record.id))
            await self._make(record.active, record.metric)
            await self._put_record(record)

    async def get(self, index_id: str) -> IndexRecord:
        found = await self._documents.get("record", index_id)
        if found is None:
            raise ResourceNotFound.of("index", index_name(index_id))
        return record_from_json(found["value"])

    async def list(self) -> Sequence[IndexRecord]:
        records = [record_from_json(each["value"]) for each in await self._documents.all("record")]
        return sorted(records, key=lambda record: record.id)

    async def delete(self, index_id: str) -> None:
        async with self._lock:
            record = await self.get(index_id)
            client = await self._opened()
            await self._documents.delete("record", index_id)
            self._scans.end(record)
            for generation in record.generations:
                await client.delete_collection(collection_of(generation.number))

    async def change(self, record: IndexRecord) -> IndexRecord:
        changed = replace(record, layout=record.layout + 1)
        async with self._lock:
            known = await self._same(record)
            before = {each.number for each in known.generations}
            for generation in changed.generations:
                if generation.number not in before:
                    await self._make(generation, record.metric)
            await self._put_record(changed)
            client = await self._opened()
            for number in before - {each.number for each in changed.generations}:
                await client.delete_collection(collection_of(number))
        return changed

    async def note(self, record: IndexRecord, building: Building) -> None:
        async with self._lock:
            known = await self._same(record)
            await self._put_record(replace(known, building=building))

    async def next_generation(self) -> int:
        return await self._next("generation")

    async def write(
        self,
        record: IndexRecord,
        namespace: str,
        puts: Mapping[int, Sequence[Entry]],
        deletes: Sequence[str] = (),
    ) -> int:
        async with self._lock:
            await self._same(record)
            client = await self._opened()
            version = await self._next_locked("version")
            there = await self._existing(record, namespace, deletes) if deletes else []
            for generation in reversed(record.generations):
                name = collection_of(generation.number)
                entries = puts.get(generation.number, ())
                if entries:
                    points = [stored(namespace, replace(e, version=version)) for e in entries]
                    await client.upsert(name, points=points, wait=True)
                if deletes:
                    points = [point_id(namespace, key) for key in deletes]
                    await client.delete(name, points_selector=points, wait=True)
            return len(there)

    async def clear(self, record: IndexRecord, namespace: str) -> int:
        async with self._lock:
            count = await self.count(record, namespace)
            client = await self._opened()
            for generation in reversed(record.generations):
                await client.delete(
                    collection_of(generation.number),
                    points_selector=of_namespace(namespace),
                    wait=True,
                )
            return count

    async def fill(self, record: IndexRecord, entries: Sequence[Placed]) -> None:
        if record.building is None:
            return
        async with self._lock:
            known = await self._same(record)
            target = replace(known, active=record.building.generation)
            points: list[Any] = []
            for namespace in sorted({each.namespace for each in entries}):
                mine = [each.entry for each in entries if each.namespace == namespace]
                ids = [entry.id for entry in mine]
                now = await self._read(known, namespace, ids)
                there = await self._existing(target, namespace, ids)
                points += [
                    stored(namespace, entry)
                    for entry in mine
                    if entry.id not in there
                    and entry.id in now
                    and now[entry.id].version == entry.version
                ]
            if points:
                client = await self._opened()
                await client.upsert(collection_of(target.active.number), points=points, wait=True)

    async def scan(
        self, record: IndexRecord, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Placed]:
        await self._same(record)

        async def read() -> Sequence[Any]:
            return await self._scroll(record, None, with_payload=["namespace", "id"])

        keys = await self._scans.keys(record, read, is_first=after is None)
        start = 0 if after is None else bisect_right(keys, after)
        found: list[Placed] = []
        while start < len(keys) and len(found) < limit:
            page = keys[start : start + limit - len(found)]
            start += len(page)
            for namespace in sorted({namespace for namespace, _ in page}):
                ids = [key for name, key in page if name == namespace]
                entries = await self._read(record, namespace, ids)
                found += [Placed(namespace, entries[key]) for key in ids if key in entries]
        if not found:
            self._scans.end(record)
        return found

    async def entries(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Mapping[str, Entry]:
        await self._same(record)
        return await self._read(record, namespace, ids)

    async def known_vectors(
        self, record: IndexRecord, generation: int, hashes: Sequence[str]
    ) -> Mapping[str, Vector]:
        from qdrant_client import models

        await self._same(record)
        client = await self._opened()
        condition = models.FieldCondition(key="hash", match=models.MatchAny(any=list(hashes)))
        points = await scrolled(
            client,
            collection_of(generation),
            scroll_filter=models.Filter(must=[condition]),
            with_payload=["hash", "vector"],
        )
        return {point.payload["hash"]: vector_of(point.payload) for point in points}

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
        from qdrant_client import models

        await self._same(record)
        client = await self._opened()
        total = await self._total(record, of_namespace(namespace))
        wanted = _OVERFETCH * limit
        # What is in this process compares all, and says so to who asks for something else.
        parameters = models.SearchParams(hnsw_ef=max(_EF_SEARCH, limit), exact=is_exact)
        while True:
            answer = await client.query_points(
                collection_of(record.active.number),
                query=vector.tolist(),
                query_filter=of_namespace(namespace),
                search_params=None if self._url == ":memory:" else parameters,
                limit=min(wanted, max(total, 1)),
                with_payload=True,
            )
            hits = [
                Hit(point.payload["id"], score_of(record.metric, vector_of(point.payload), vector))
                for point in answer.points
                if matches(where, point.payload["metadata"])
            ]
            # Equal scores at the end may go on behind it.
            is_enough = len(hits) > limit and not _is_tied(hits, limit)
            if is_enough or wanted >= total:
                break
            wanted *= 4
        is_distance = record.metric.is_distance
        hits.sort(key=lambda hit: (round(hit.score if is_distance else -hit.score, 6), hit.id))
        return hits[:limit]

    async def by_words(
        self,
        record: IndexRecord,
        namespace: str,
        terms: Sequence[str],
        *,
        limit: int,
        where: Filter | None = None,
    ) -> Sequence[Hit]:
        from qdrant_client import models

        await self._same(record)
        total = await self._total(record, of_namespace(namespace))
        holding = models.FieldCondition(key="terms", match=models.MatchAny(any=list(terms)))
        in_namespace = models.Filter(must=[*of_namespace(namespace).must, holding])
        points = await self._scroll(record, in_namespace, with_payload=["id", "terms", "metadata"])
        held = [(point.payload, set(point.payload["terms"])) for point in points]
        weights = {term: rarity(sum(term in has for _, has in held), total) for term in terms}
        average = sum(len(has) for _, has in held) / len(held) if held else 1.0
        hits = [
            Hit(
                payload["id"],
                sum(weights[term] for term in set(terms) & has) * length_factor(len(has), average),
            )
            for payload, has in held
            if matches(where, payload["metadata"])
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))[:limit]

    async def count(self, record: IndexRecord, namespace: str | None = None) -> int:
        await self._same(record)
        return await self._total(record, None if namespace is None else of_namespace(namespace))

    async def _total(self, record: IndexRecord, where: Any) -> int:
        client = await self._opened()
        return (await client.count(collection_of(record.active.number), count_filter=where)).count

    async def state(self, key: str) -> State:
        found = await self._documents.get("state", key)
        return State(found["value"], found["version"]) if found else State()

    async def put_state(self, key: str, value: str, version: int) -> bool:
        async with self._lock:
            if (await self.state(key)).version != version:
                return False
            await self._documents.put("state", key, value, version + 1)
            return True

    async def check(self) -> None:
        client = await self._opened()
        await client.get_collections()

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _opened(self) -> Any:
        async with self._opening:
            if self._client is None:
                self._client = await open_client(self._url, self._api_key)
            return self._client

    async def _make(self, generation: Generation, metric: Metric) -> None:
        from qdrant_client import models

        distances = {
            Metric.COSINE: models.Distance.COSINE,
            Metric.DOT: models.Distance.DOT,
            Metric.EUCLIDEAN: models.Distance.EUCLID,
        }
        client, name = await self._opened(), collection_of(generation.number)
        config = models.VectorParams(size=generation.dimensions, distance=distances[metric])
        # What a crash left of an attempt before.
        await client.delete_collection(name)
        await client.create_collection(name, vectors_config=config)
        if self._url != ":memory:":
            for field in ("namespace", "hash", "terms"):
                await client.create_payload_index(
                    name, field, field_schema=models.PayloadSchemaType.KEYWORD
                )

    async def _read(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> dict[str, Entry]:
        client = await self._opened()
        points = await client.retrieve(
            collection_of(record.active.number),
            ids=[point_id(namespace, key) for key in ids],
            with_payload=True,
        )
        return {point.payload["id"]: entry_of(point.payload) for point in points}

    async def _existing(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Sequence[str]:
        client = await self._opened()
        points = await client.retrieve(
            collection_of(record.active.number),
            ids=[point_id(namespace, key) for key in ids],
            with_payload=["id"],
        )
        return [point.payload["id"] for point in points]

    async def _scroll(
        self, record: IndexRecord, where: Any, *, with_payload: Sequence[str]
    ) -> Sequence[Any]:
        client = await self._opened()
        name = collection_of(record.active.number)
        return await scrolled(client, name, scroll_filter=where, with_payload=list(with_payload))

    async def _same(self, record: IndexRecord) -> IndexRecord:
        try:
            known = await self.get(record.id)
        except ResourceNotFound as exc:
            raise LayoutChanged from exc
        if known.layout != record.layout or known.create_time != record.create_time:
            raise LayoutChanged
        return known

    async def _next(self, counter: str) -> int:
        async with self._lock:
            return await self._next_locked(counter)

    async def _next_locked(self, counter: str) -> int:
        state = await self.state(counter)
        await self._documents.put("state", counter, str(state.version + 1), state.version + 1)
        return state.version + 1

    async def _put_record(self, record: IndexRecord) -> None:
        value = record_to_json(record).decode()
        await self._documents.put("record", record.id, value, record.layout)


def _is_tied(hits: Sequence[Hit], limit: int) -> bool:
    return abs(hits[limit - 1].score - hits[-1].score) < 1e-6
