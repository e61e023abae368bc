"""`VectorIndex` in PostgreSQL with pgvector, in a schema of the service's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeAlias, cast

import numpy as np
from oms_core.errors import ResourceAlreadyExists, ResourceNotFound
from oms_postgres import PostgresSchema

from svc_embedding.adapters.indexes.pgvector import statements as sql
from svc_embedding.adapters.indexes.pgvector.filtering import condition
from svc_embedding.adapters.indexes.pgvector.rows import (
    COLUMNS,
    entry_of,
    record_of,
    row_values,
    same_record,
    vector_text,
)
from svc_embedding.adapters.indexes.record_json import record_to_json
from svc_embedding.domain.indexes.entries import Entry, Hit, Placed, Vector
from svc_embedding.domain.indexes.filters import Filter
from svc_embedding.domain.indexes.records import (
    Building,
    IndexRecord,
    LayoutChanged,
    Metric,
    index_name,
)
from svc_embedding.domain.indexes.vector_index import State
from svc_embedding.domain.indexes.words import rarity

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection: TypeAlias = AsyncConnection[Any]

SCHEMA: Final = "oms_embedding"
MIGRATIONS: Final = "svc_embedding.adapters.indexes.pgvector.migrations"
SMALL: Final = 5000
"""Up to so many entries of a namespace every search compares them all: exact, and no slower."""
_OVERFETCH: Final = 4
_EF_SEARCH: Final = 160
_MAX_EF_SEARCH: Final = 1000


class PgVectorIndex:
    """Any number of processes may use it at once."""

    backend = "pgvector"

    def __init__(self, schema: PostgresSchema, *, small: int = SMALL) -> None:
        """Opens nothing yet, and closes the schema in `close`."""
        self._schema = schema
        self._small = small

    async def create(self, record: IndexRecord) -> None:
        async with self._connection() as connection:
            values = [record.id, record.layout, record_to_json(record).decode()]
            cursor = await connection.execute(sql.ADD_RECORD, values)
            if not cursor.rowcount:
                raise ResourceAlreadyExists.of("index", index_name(record.id))
            for statement in sql.make_table(record.active, record.metric):
                await connection.execute(_trusted(statement))

    async def get(self, index_id: str) -> IndexRecord:
        async with self._schema.connection() as connection:
            row = await _row(connection, sql.READ_RECORD, [index_id])
        if row is None:
            raise ResourceNotFound.of("index", index_name(index_id))
        return record_of(row[0])

    async def list(self) -> Sequence[IndexRecord]:
        async with self._schema.connection() as connection:
            cursor = await connection.execute(sql.LIST_RECORDS)
            return [record_of(plain) for (plain,) in await cursor.fetchall()]

    async def delete(self, index_id: str) -> None:
        async with self._schema.connection() as connection:
            row = await _row(connection, sql.DELETE_RECORD, [index_id])
            if row is None:
                raise ResourceNotFound.of("index", index_name(index_id))
            for generation in record_of(row[0]).generations:
                await connection.execute(_drop(generation.number))

    async def change(self, record: IndexRecord) -> IndexRecord:
        changed = replace(record, layout=record.layout + 1)
        async with self._connection() as connection:
            known = await self._locked(connection, record)
            before = {each.number: each for each in known.generations}
            after = {each.number: each for each in changed.generations}
            for number in after.keys() - before.keys():
                for statement in sql.make_table(after[number], record.metric):
                    await connection.execute(_trusted(statement))
            await self._replace(connection, changed)
            for number in before.keys() - after.keys():
                await connection.execute(_drop(number))
        return changed

    async def note(self, record: IndexRecord, building: Building) -> None:
        async with self._connection() as connection:
            known = await self._locked(connection, record)
            await self._replace(connection, replace(known, building=building))

    async def next_generation(self) -> int:
        async with self._schema.connection() as connection:
            row = await _row(connection, "SELECT nextval('generations')", [])
        return int(row[0]) if row else 0

    async def write(
        self,
        record: IndexRecord,
        namespace: str,
        puts: Mapping[int, Sequence[Entry]],
        deletes: Sequence[str] = (),
    ) -> int:
        async with self._connection() as connection:
            await self._shared(connection, record)
            version = await _row(connection, "SELECT nextval('entry_versions')", [])
            number = int(version[0]) if version else 0
            deleted = 0
            for generation in record.generations:
                name = sql.table(generation.number)
                # The rows are locked in the order of their ids, so that writers can't wait for
                # each other.
                entries = sorted(puts.get(generation.number, ()), key=lambda entry: entry.id)
                rows = [row_values(namespace, entry, number) for entry in entries]
                if rows:
                    async with connection.cursor() as cursor:
                        await cursor.executemany(_trusted(sql.put(generation.number)), rows)
                if deletes:
                    gone = await connection.execute(
                        _trusted(
                            f"DELETE FROM {name} WHERE (namespace, id) IN (SELECT namespace, id "
                            f"FROM {name} WHERE namespace = %s AND id = ANY(%s) ORDER BY id FOR "
                            f"UPDATE)"
                        ),
                        [namespace, list(deletes)],
                    )
                    if generation is record.active:
                        deleted = gone.rowcount
        return deleted

    async def clear(self, record: IndexRecord, namespace: str) -> int:
        async with self._connection() as connection:
            await self._locked(connection, record)
            deleted = 0
            for generation in record.generations:
                gone = await connection.execute(
                    _trusted(f"DELETE FROM {sql.table(generation.number)} WHERE namespace = %s"),
                    [namespace],
                )
                if generation is record.active:
                    deleted = gone.rowcount
        return deleted

    async def fill(self, record: IndexRecord, entries: Sequence[Placed]) -> None:
        if record.building is None or not entries:
            return
        target = record.building.generation.number
        statement = sql.fill(record.active.number, target)
        async with self._connection() as connection:
            # No writer is between reading the active generation and writing this one meanwhile.
            await self._locked(connection, record)
            async with connection.cursor() as cursor:
                rows = [
                    [vector_text(p.entry.vector), p.namespace, p.entry.id, p.entry.version]
                    for p in entries
                ]
                await cursor.executemany(_trusted(statement), rows)

    async def scan(
        self, record: IndexRecord, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Placed]:
        where, values = ("WHERE (namespace, id) > (%s, %s)", list(after)) if after else ("", [])
        async with self._connection() as connection:
            cursor = await connection.execute(
                _trusted(
                    f"SELECT {COLUMNS} FROM {sql.table(record.active.number)} {where} "
                    "ORDER BY namespace, id LIMIT %s"
                ),
                [*values, limit],
                binary=True,
            )
            return [Placed(row[0], entry_of(row)) for row in await cursor.fetchall()]

    async def entries(
        self, record: IndexRecord, namespace: str, ids: Sequence[str]
    ) -> Mapping[str, Entry]:
        async with self._connection() as connection:
            cursor = await connection.execute(
                _trusted(
                    f"SELECT {COLUMNS} FROM {sql.table(record.active.number)} "
                    "WHERE namespace = %s AND id = ANY(%s)"
                ),
                [namespace, list(ids)],
                binary=True,
            )
            return {row[1]: entry_of(row) for row in await cursor.fetchall()}

    async def known_vectors(
        self, record: IndexRecord, generation: int, hashes: Sequence[str]
    ) -> Mapping[str, Vector]:
        async with self._connection() as connection:
            cursor = await connection.execute(
                _trusted(
                    "SELECT DISTINCT ON (text_hash) text_hash, embedding::real[] "
                    f"FROM {sql.table(generation)} WHERE text_hash = ANY(%s)"
                ),
                [list(hashes)],
                binary=True,
            )
            return {key: np.asarray(v, np.float32) for key, v in await cursor.fetchall()}

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
        text, is_small = vector_text(vector), False
        has_graph = record.active.dimensions <= sql.MAX_GRAPH_DIMENSIONS
        async with self._connection() as connection:
            if has_graph and not is_exact:
                is_small = await self._is_small(connection, record, namespace)
            rows: Sequence[Any] = ()
            if has_graph and not is_exact and not is_small:
                rows = await self._by_graph(
                    connection, record, namespace, text, limit=limit, where=where
                )
            if len(rows) < limit:
                rows = await self._exactly(
                    connection, record, namespace, text, limit=limit, where=where
                )
        sign = 1.0 if record.metric.is_distance else -1.0
        shift = 1.0 if record.metric is Metric.COSINE else 0.0
        return [Hit(key, shift + sign * distance) for key, distance in rows]

    async def by_words(
        self,
        record: IndexRecord,
        namespace: str,
        terms: Sequence[str],
        *,
        limit: int,
        where: Filter | None = None,
    ) -> Sequence[Hit]:
        number = record.active.number
        async with self._connection() as connection:
            cursor = await connection.execute(
                _trusted(sql.word_counts(number)), [namespace, list(terms)]
            )
            counts: dict[str, int] = {t: n for t, n in await cursor.fetchall() if n}
            if not counts:
                return []
            total, average = await self._lengths(connection, number, namespace)
            words = list(counts)
            weights = [rarity(counts[word], total) for word in words]
            parameters: list[Any] = [words, weights, average, namespace, words]
            holds = condition(where, parameters)
            cursor = await connection.execute(
                _trusted(sql.by_words(number, holds)), [*parameters, limit]
            )
            return [Hit(key, float(score)) for key, score in await cursor.fetchall()]

    async def count(self, record: IndexRecord, namespace: str | None = None) -> int:
        async with self._connection() as connection:
            row = await _row(
                connection,
                f"SELECT count(*) FROM {sql.table(record.active.number)} "
                "WHERE %s::text IS NULL OR namespace = %s",
                [namespace, namespace],
            )
        return int(row[0]) if row else 0

    async def state(self, key: str) -> State:
        async with self._schema.connection() as connection:
            row = await _row(connection, sql.READ_STATE, [key])
        return State(row[0], row[1]) if row else State()

    async def put_state(self, key: str, value: str, version: int) -> bool:
        async with self._schema.connection() as connection:
            if version == 0:
                cursor = await connection.execute(sql.ADD_STATE, [key, value])
            else:
                cursor = await connection.execute(sql.WRITE_STATE, [value, key, version])
            return cursor.rowcount == 1

    async def check(self) -> None:
        await self._schema.check()

    async def close(self) -> None:
        await self._schema.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        from psycopg.errors import UndefinedTable

        try:
            async with self._schema.connection() as connection:
                yield connection
        except UndefinedTable as exc:
            raise LayoutChanged from exc

    async def _shared(self, connection: Connection, record: IndexRecord) -> None:
        same_record(await _row(connection, sql.SHARE_LAYOUT, [record.id]), record)

    async def _locked(self, connection: Connection, record: IndexRecord) -> IndexRecord:
        return same_record(await _row(connection, sql.LOCK_LAYOUT, [record.id]), record)

    async def _replace(self, connection: Connection, record: IndexRecord) -> None:
        values = [record.layout, record_to_json(record).decode(), record.id]
        await connection.execute(sql.REPLACE_RECORD, values)

    async def _is_small(self, connection: Connection, record: IndexRecord, namespace: str) -> bool:
        row = await _row(
            connection,
            f"SELECT count(*) FROM (SELECT FROM {sql.table(record.active.number)} "
            "WHERE namespace = %s LIMIT %s) AS part",
            [namespace, self._small + 1],
        )
        return row is not None and row[0] <= self._small

    async def _by_graph(
        self,
        connection: Connection,
        record: IndexRecord,
        namespace: str,
        vector: str,
        *,
        limit: int,
        where: Filter | None,
    ) -> Sequence[Any]:
        parameters: list[Any] = [vector, namespace]
        holds = condition(where, parameters)
        candidates = _OVERFETCH * limit
        ef_search = min(_MAX_EF_SEARCH, max(_EF_SEARCH, candidates))
        await connection.execute(sql.TUNE_SEARCH, [str(ef_search)])
        statement = sql.nearest_by_graph(record.active, record.metric, holds)
        cursor = await connection.execute(
            _trusted(statement), [*parameters, vector, candidates, limit]
        )
        return await cursor.fetchall()

    async def _exactly(
        self,
        connection: Connection,
        record: IndexRecord,
        namespace: str,
        vector: str,
        *,
        limit: int,
        where: Filter | None,
    ) -> Sequence[Any]:
        parameters: list[Any] = [vector, namespace]
        holds = condition(where, parameters)
        statement = sql.nearest_exactly(record.active, record.metric, holds)
        cursor = await connection.execute(_trusted(statement), [*parameters, limit])
        return await cursor.fetchall()

    async def _lengths(
        self, connection: Connection, number: int, namespace: str
    ) -> tuple[int, float]:
        row = await _row(
            connection,
            f"SELECT count(*), avg(cardinality(terms))::float8 FROM {sql.table(number)} "
            "WHERE namespace = %s",
            [namespace],
        )
        return (int(row[0]), float(row[1] or 1.0)) if row else (0, 1.0)


def _trusted(statement: str) -> LiteralString:
    """Statements are made of constants and of numbers of generations; values are parameters."""
    return cast("LiteralString", statement)


async def _row(connection: Connection, statement: str, values: Sequence[Any]) -> Any:
    return await (await connection.execute(_trusted(statement), values)).fetchone()


def _drop(number: int) -> LiteralString:
    return _trusted(f"DROP TABLE IF EXISTS {sql.table(number)}")
