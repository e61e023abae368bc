"""`VectorIndex` in Qdrant, for those whose vectors have outgrown PostgreSQL and one process.

Each generation is a collection of its own; records and states are points of the collection
`oms_records`. Qdrant
has no transactions: one process at a time writes, under a lock of its own, and a write of
several generations that
a crash cut in two is whole again once it is repeated, as writes here may be.

Filters are held against the payload here, since Qdrant compares no texts by order and does not
tell types apart as the interface does: a search reads on until it has enough.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, ServiceUnavailable

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
from svc_embedding.domain.indexes.words import length_factor, rarity, terms_of

_RECORDS: Final = "oms_records"
_PAGE: Final = 1000
_OVERFETCH: Final = 4
_EF_SEARCH: Final = 160
_TIMEOUT_S: Final = 30


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

    async def create(self, record: IndexRecord) -> None:
        async with self._lock:
            if await self._document("record", record.id) is not None:
                raise ResourceAlreadyExists.of("index", index_name(record.id))
            await self._make(record.active, record.metric)
            await self._put_record(record)

    async def get(self, index_id: str) -> IndexRecord:
        found = await self._document("record", index_id)
        if found is None:
            raise ResourceNotFound.of("index", index_name(index_id))
        return record_from_json(found["value"])

    async def list(self) -> Sequence[IndexRecord]:
        records = [record_from_json(each["value"]) for each in await self._documents("record")]
        return sorted(records, key=lambda record: record.id)

    async def delete(self, index_id: str) -> None:
        async with self._lock:
            record = await self.get(index_id)
            client = await self._opened()
            await client.delete(_RECORDS, points_selector=[_point("record", index_id)], wait=True)
            for generation in record.generations:
                await client.delete_collection(_name(generation.number))

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
                await client.delete_collection(_name(number))
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
            for generation in record.generations:
                name = _name(generation.number)
                entries = puts.get(generation.number, ())
                if entries:
                    points = [_stored(namespace, replace(e, version=version)) for e in entries]
                    await client.upsert(name, points=points, wait=True)
                if deletes:
                    points = [_point(namespace, key) for key in deletes]
                    await client.delete(name, points_selector=points, wait=True)
            return len(there)

    async def clear(self, record: IndexRecord, namespace: str) -> int:
        async with self._lock:
            count = await self.count(record, namespace)
            client = await self._opened()
            for generation in record.generations:
                await client.delete(
                    _name(generation.number), points_selector=_in(namespace), wait=True
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
                    _stored(namespace, entry)
                    for entry in mine
                    if entry.id not in there
                    and entry.id in now
                    and now[entry.id].version == entry.version
                ]
            if points:
                client = await self._opened()
                await client.upsert(_name(target.active.number), points=points, wait=True)

    async def scan(
        self, record: IndexRecord, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Placed]:
        await self._same(record)
        # Qdrant orders points by their own ids; those of the payload are few bytes each.
        places = await self._scroll(record, None, with_payload=["namespace", "id"])
        keys = sorted((each.payload["namespace"], each.payload["id"]) for each in places)
        page = [key for key in keys if after is None or key > after][:limit]
        found: list[Placed] = []
        for namespace in sorted({namespace for namespace, _ in page}):
            ids = [key for name, key in page if name == namespace]
            entries = await self._read(record, namespace, ids)
            found += [Placed(namespace, entries[key]) for key in ids if key in entries]
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
        found: dict[str, Vector] = {}
        offset: Any = None
        while True:
            points, offset = await client.scroll(
                _name(generation),
                scroll_filter=models.Filter(must=[condition]),
                limit=_PAGE,
                offset=offset,
                with_payload=["hash", "vector"],
            )
            for point in points:
                found[point.payload["hash"]] = _vector(point.payload)
            if offset is None:
                return found

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
        total = (await client.count(_name(record.active.number), count_filter=_in(namespace))).count
        wanted = _OVERFETCH * limit
        # What is in this process compares all, and says so to who asks for something else.
        parameters = models.SearchParams(hnsw_ef=max(_EF_SEARCH, limit), exact=is_exact)
        while True:
            answer = await client.query_points(
                _name(record.active.number),
                query=vector.tolist(),
                query_filter=_in(namespace),
                search_params=None if self._url == ":memory:" else parameters,
                limit=min(wanted, max(total, 1)),
                with_payload=True,
            )
            hits = [
                Hit(point.payload["id"], score_of(record.metric, _vector(point.payload), vector))
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
        client = await self._opened()
        total = (await client.count(_name(record.active.number), count_filter=_in(namespace))).count
        holding = models.FieldCondition(key="terms", match=models.MatchAny(any=list(terms)))
        in_namespace = models.Filter(must=[*_in(namespace).must, holding])
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
        client = await self._opened()
        where = None if namespace is None else _in(namespace)
        return (await client.count(_name(record.active.number), count_filter=where)).count

    async def state(self, key: str) -> State:
        found = await self._document("state", key)
        return State(found["value"], found["version"]) if found else State()

    async def put_state(self, key: str, value: str, version: int) -> bool:
        async with self._lock:
            if (await self.state(key)).version != version:
                return False
            await self._put_document("state", key, value, version + 1)
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
                self._client = await self._open()
            return self._client

    async def _open(self) -> Any:
        qdrant_client = await asyncio.to_thread(_library)
        if self._url == ":memory:":
            client = qdrant_client.AsyncQdrantClient(":memory:")
        else:
            client = qdrant_client.AsyncQdrantClient(
                url=self._url, api_key=self._api_key or None, timeout=_TIMEOUT_S
            )
        client = _Guarded(client)
        try:
            if not await client.collection_exists(_RECORDS):
                await client.create_collection(_RECORDS, vectors_config={})
        except BaseException:
            await client.close()
            raise
        return client

    async def _make(self, generation: Generation, metric: Metric) -> None:
        from qdrant_client import models

        distances = {
            Metric.COSINE: models.Distance.COSINE,
            Metric.DOT: models.Distance.DOT,
            Metric.EUCLIDEAN: models.Distance.EUCLID,
        }
        client, name = await self._opened(), _name(generation.number)
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
            _name(record.active.number),
            ids=[_point(namespace, key) for key in ids],
            with_payload=True,
        )
        return {point.payload["id"]: _entry(point.payload) for point in points}

    async def _existing(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Sequence[str]:
        client = await self._opened()
        points = await client.retrieve(
            _name(record.active.number),
            ids=[_point(namespace, key) for key in ids],
            with_payload=["id"],
        )
        return [point.payload["id"] for point in points]

    async def _scroll(
        self, record: IndexRecord, where: Any, *, with_payload: Sequence[str]
    ) -> Sequence[Any]:
        client = await self._opened()
        found: list[Any] = []
        offset: Any = None
        while True:
            points, offset = await client.scroll(
                _name(record.active.number),
                scroll_filter=where,
                limit=_PAGE,
                offset=offset,
                with_payload=list(with_payload),
            )
            found += points
            if offset is None:
                return found

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
        await self._put_document("state", counter, str(state.version + 1), state.version + 1)
        return state.version + 1

    async def _put_record(self, record: IndexRecord) -> None:
        value = record_to_json(record).decode()
        await self._put_document("record", record.id, value, record.layout)

    async def _put_document(self, kind: str, key: str, value: str, version: int) -> None:
        from qdrant_client import models

        client = await self._opened()
        payload = {"kind": kind, "key": key, "value": value, "version": version}
        point = models.PointStruct(id=_point(kind, key), vector={}, payload=payload)
        await client.upsert(_RECORDS, points=[point], wait=True)

    async def _document(self, kind: str, key: str) -> Any:
        client = await self._opened()
        points = await client.retrieve(_RECORDS, ids=[_point(kind, key)], with_payload=True)
        return points[0].payload if points else None

    async def _documents(self, kind: str) -> Sequence[Any]:
        client = await self._opened()
        found: list[Any] = []
        offset: Any = None
        while True:
            points, offset = await client.scroll(
                _RECORDS, limit=_PAGE, offset=offset, with_payload=True
            )
            found += [point.payload for point in points if point.payload["kind"] == kind]
            if offset is None:
                return found


class _Guarded:
    """A client whose failures are the interface's own."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(*args: Any, **options: Any) -> Any:
            from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

            try:
                return await method(*args, **options)
            except (ApiException, ResponseHandlingException) as exc:
                if getattr(exc, "status_code", 0) == 404:
                    raise LayoutChanged from exc
                raise ServiceUnavailable(
                    f"Qdrant can't be used right now ({type(exc).__name__}); try again later",
                    metadata={"service": "qdrant"},
                    retry_after_s=1.0,
                ) from exc

        return call


def _library() -> Any:
    import qdrant_client

    return qdrant_client


def _name(number: int) -> str:
    return f"oms_entries_{number}"


def _point(namespace: str, key: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{len(namespace)}:{namespace}{key}"))


def _in(namespace: str) -> Any:
    from qdrant_client import models

    match = models.MatchValue(value=namespace)
    return models.Filter(must=[models.FieldCondition(key="namespace", match=match)])


def _stored(namespace: str, entry: Entry) -> Any:
    """A point; the vector is in the payload too, since Qdrant gives a normalised one back with
    cosine."""
    from qdrant_client import models

    payload = {
        "namespace": namespace,
        "id": entry.id,
        "text": entry.text,
        "hash": entry.text_hash,
        "terms": terms_of(entry.text),
        "metadata": dict(entry.metadata),
        "version": entry.version,
        "vector": entry.vector.tolist(),
    }
    return models.PointStruct(
        id=_point(namespace, entry.id), vector=entry.vector.tolist(), payload=payload
    )


def _vector(payload: Any) -> Vector:
    return np.asarray(payload["vector"], np.float32)


def _entry(payload: Any) -> Entry:
    return Entry(
        id=payload["id"],
        text=payload["text"],
        vector=_vector(payload),
        metadata=payload["metadata"],
        version=payload["version"],
    )


def _is_tied(hits: Sequence[Hit], limit: int) -> bool:
    return abs(hits[limit - 1].score - hits[-1].score) < 1e-6
