"""Routing rules in PostgreSQL.

Each change takes the next revision while it holds the revision's row, so changes are seen in the
order of their revisions and none is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import (
    LimitExceeded,
    ResourceAlreadyExists,
    ResourceNotFound,
    StaleEtag,
)
from oms_postgres import PostgresSchema

from svc_events.adapters.routing.rows import JOINED, SELECTED, rule_of, settings_values
from svc_events.domain.routing.rule import (
    MAX_RULES,
    Rule,
    Settings,
    Target,
    TargetKind,
    rule_name,
)

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_KIND: Final = "routing rule"


class RuleStore:
    """The routing rules of a deployment."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema

    async def create(
        self,
        rule_id: str,
        settings: Settings,
        *,
        stream: str,
        start_sequence: int,
        now: datetime,
        created_by: str,
    ) -> Rule:
        """Creates one.

        Args:
            settings: Those that `rule.check` passes.
            start_sequence: The last place of the stream now.
        Raises:
            ResourceAlreadyExists: there is one of that id.
            ResourceNotFound: there is no webhook that it names.
            LimitExceeded: there are as many as there may be.
        """
        values: dict[str, object] = {
            "id": rule_id,
            "stream": stream,
            **settings_values(settings),
            "start_sequence": start_sequence,
            "created_at": now,
            "updated_at": now,
            "created_by": created_by,
        }
        async with self._schema.connection() as connection:
            await _next_revision(connection)
            await _check_target(connection, settings.target)
            row = await _one(connection, *_insert(values))
            if row is None:
                raise ResourceAlreadyExists.of(_KIND, rule_name(rule_id))
            await _check_room(connection)
            serial = row["serial"]
            await connection.execute(
                "INSERT INTO routing_rule_counts (serial) VALUES (%s)", [serial]
            )
            await connection.execute(
                "INSERT INTO routing_positions (stream, sequence) VALUES (%s, %s) "
                "ON CONFLICT DO NOTHING",
                [stream, start_sequence],
            )
            return await _get(connection, rule_id)

    async def get(self, rule_id: str) -> Rule:
        """A rule.

        Raises:
            ResourceNotFound: there is none.
        """
        async with self._schema.connection() as connection:
            return await _get(connection, rule_id)

    async def list(self, *, after: str, limit: int) -> list[Rule]:
        """Rules by id."""
        query = f"SELECT {SELECTED} FROM {JOINED} WHERE r.id > %s ORDER BY r.id LIMIT %s"  # noqa: S608 - columns
        async with self._schema.connection() as connection:
            return [rule_of(row) for row in await _all(connection, query, [after, limit])]

    async def update(
        self,
        rule_id: str,
        etag: str,
        change: Callable[[Rule], Settings],
        *,
        last_sequence: int,
        now: datetime,
    ) -> Rule:
        """Changes one, while nobody else can.

        Args:
            etag: Empty: whatever it is.
            change: Called once, with the rule as it is.
            last_sequence: The last place of its stream; one that is enabled again begins there.
        Raises:
            ResourceNotFound: there is none, or no webhook that it names.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            await _next_revision(connection)
            rule = await _get(connection, rule_id)
            _check_etag(rule, etag)
            settings = change(rule)
            if settings.target != rule.settings.target:
                await _check_target(connection, settings.target)
            values = settings_values(settings) | {"version": rule.version + 1, "updated_at": now}
            if rule.settings.is_disabled and not settings.is_disabled:
                values["start_sequence"] = last_sequence
            await _update(connection, rule.serial, values)
            return await _get(connection, rule_id)

    async def delete(self, rule_id: str, etag: str) -> None:
        """Deletes one with its counts.

        Raises:
            ResourceNotFound: there is none.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            await _next_revision(connection)
            rule = await _get(connection, rule_id)
            _check_etag(rule, etag)
            await connection.execute("DELETE FROM routing_rules WHERE serial = %s", [rule.serial])
            await connection.execute(
                "DELETE FROM routing_positions WHERE stream = %s AND NOT EXISTS "
                "(SELECT FROM routing_rules WHERE stream = %s)",
                [rule.stream, rule.stream],
            )

    async def using(self, stream: str) -> list[str]:
        """Names of up to ten rules that read a stream or copy into it, by id."""
        query = (
            "SELECT id FROM routing_rules WHERE stream = %s "
            "OR (target_kind = 'stream' AND target = %s) ORDER BY id LIMIT 10"
        )
        async with self._schema.connection() as connection:
            return [rule_name(row["id"]) for row in await _all(connection, query, [stream, stream])]


async def _get(connection: Connection, rule_id: str) -> Rule:
    query = f"SELECT {SELECTED} FROM {JOINED} WHERE r.id = %s"  # noqa: S608 - columns
    row = await _one(connection, query, [rule_id])
    if row is None:
        raise ResourceNotFound.of(_KIND, rule_name(rule_id))
    return rule_of(row)


async def _check_target(connection: Connection, target: Target | None) -> None:
    if target is None or target.kind is not TargetKind.WEBHOOK:
        return
    # Not deleted before the rule is there.
    query = "SELECT id FROM webhooks WHERE id = %s FOR KEY SHARE"
    if await _one(connection, query, [target.id]) is None:
        raise ResourceNotFound.of("webhook", f"webhooks/{target.id}")


async def _check_room(connection: Connection) -> None:
    row = await _one(connection, "SELECT count(*) AS number FROM routing_rules", [])
    if row is not None and row["number"] > MAX_RULES:
        raise LimitExceeded(
            f"there are {MAX_RULES} routing rules, which is the most; delete one",
            metadata={"limit": "routing_rules"},
        )


def _check_etag(rule: Rule, etag: str) -> None:
    if etag and etag != rule.etag:
        raise StaleEtag.of(rule.name, etag, rule.etag)


def _insert(values: dict[str, object]) -> tuple[str, list[object]]:
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    query = (
        f"INSERT INTO routing_rules ({names}) VALUES ({marks}) "  # noqa: S608 - columns
        "ON CONFLICT (id) DO NOTHING RETURNING serial"
    )
    return query, list(values.values())


async def _update(connection: Connection, serial: int, values: dict[str, object]) -> None:
    assignments = ", ".join(f"{name} = %s" for name in values)
    query = f"UPDATE routing_rules SET {assignments} WHERE serial = %s"  # noqa: S608 - columns
    await connection.execute(query.encode(), [*values.values(), serial])


async def _next_revision(connection: Connection) -> None:
    await connection.execute("UPDATE routing_revision SET revision = revision + 1")


async def _one(
    connection: Connection, query: str, values: Sequence[object]
) -> dict[str, Any] | None:
    rows = await _all(connection, query, values)
    return rows[0] if rows else None


async def _all(
    connection: Connection, query: str, values: Sequence[object]
) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), values)
        return await cursor.fetchall()
