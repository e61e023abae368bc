"""Webhooks and their secrets in PostgreSQL.

Each change takes the next revision while it holds the revision's row, so changes are seen in the
order of their revisions and none is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, StaleEtag
from oms_postgres import PostgresSchema
from oms_security.sealing import Sealer

from svc_events.adapters.webhooks.rows import (
    SELECTED,
    Known,
    secrets_of,
    settings_values,
    standing_values,
    webhook_of,
)
from svc_events.domain.webhooks.model import Scheme, Secret, Settings, Standing, Webhook
from svc_events.domain.webhooks.names import token_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_KIND: Final = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an update makes of a webhook. None: that part stays as it is.

    Args:
        secrets: All that it has from then on.
        start_sequence: It gets events after this place.
    """

    settings: Settings | None = None
    standing: Standing | None = None
    secrets: Sequence[Secret] | None = field(default=None, repr=False)
    start_sequence: int | None = None


class WebhookStore:
    """The webhooks of a deployment."""

    def __init__(self, schema: PostgresSchema, sealer: Sealer) -> None:
        self._schema = schema
        self._sealer = sealer

    async def create(
        self,
        webhook_id: str,
        settings: Settings,
        secret: Secret,
        *,
        stream: str,
        scheme: Scheme,
        start_sequence: int,
        created_by: str,
    ) -> Webhook:
        """Creates one.

        Args:
            start_sequence: The last place of the stream now.
        Raises:
            ResourceAlreadyExists: there is one of that id.
        """
        name = f"webhooks/{webhook_id}"
        now = secret.created_at
        values: dict[str, object] = {
            "id": webhook_id,
            "stream": stream,
            "scheme": scheme.value,
            **settings_values(settings, name, self._sealer),
            "start_sequence": start_sequence,
            "created_at": now,
            "updated_at": now,
            "created_by": created_by,
        }
        async with self._schema.connection() as connection:
            values["revision"] = await _next_revision(connection)
            row = await _one(connection, *_insert(values))
            if row is None:
                raise ResourceAlreadyExists.of(_KIND, name)
            await self._put_secrets(connection, name, row["serial"], [secret])
            await connection.execute(
                "INSERT INTO webhook_positions (stream, sequence) VALUES (%s, %s) "
                "ON CONFLICT DO NOTHING",
                [stream, start_sequence],
            )
        return webhook_of(row, self._sealer)

    async def get(self, webhook_id: str) -> Known:
        """A webhook with its secrets.

        Raises:
            ResourceNotFound: there is none.
        """
        async with self._schema.connection() as connection:
            return await self._get(connection, webhook_id)

    async def list(self, *, after: str, limit: int) -> list[Known]:
        """Webhooks by id."""
        async with self._schema.connection() as connection:
            rows = await _all(
                connection,
                f"SELECT {SELECTED} FROM webhooks WHERE id > %s ORDER BY id LIMIT %s",  # noqa: S608 - columns
                [after, limit],
            )
            return await self._with_secrets(connection, rows)

    async def update(
        self, webhook_id: str, etag: str, now: datetime, change: Callable[[Known], Change]
    ) -> Known:
        """Changes one, while nobody else can.

        Args:
            etag: Empty: whatever it is.
            change: Called once, with the webhook as it is.
        Raises:
            ResourceNotFound: there is none.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            revision = await _next_revision(connection)
            known = await self._get(connection, webhook_id)
            _check_etag(known.webhook, etag)
            wanted = change(known)
            values = self._changes(known.webhook, wanted, now) | {"revision": revision}
            await _update(connection, known.webhook.serial, values)
            if wanted.secrets is not None:
                name, serial = known.webhook.name, known.webhook.serial
                await self._put_secrets(connection, name, serial, wanted.secrets)
            return await self._get(connection, webhook_id)

    async def delete(self, webhook_id: str, etag: str, now: datetime) -> Webhook:
        """Deletes one with its secrets and dead letters; notes that the rest is to be removed.

        Raises:
            ResourceNotFound: there is none.
            StaleEtag: it changed since the etag was read.
        """
        async with self._schema.connection() as connection:
            await _next_revision(connection)
            webhook = (await self._get(connection, webhook_id)).webhook
            _check_etag(webhook, etag)
            await connection.execute("DELETE FROM webhooks WHERE serial = %s", [webhook.serial])
            await connection.execute(
                "INSERT INTO webhook_leftovers (serial, token, deleted_at) VALUES (%s, %s, %s)",
                [webhook.serial, token_of(webhook), now],
            )
            await connection.execute(
                "DELETE FROM webhook_positions WHERE stream = %s AND NOT EXISTS "
                "(SELECT FROM webhooks WHERE stream = %s)",
                [webhook.stream, webhook.stream],
            )
        return webhook

    async def suspend(self, serial: int, reason: str, now: datetime) -> bool:
        """Suspends one; False when it is gone or suspended already."""
        return await self._stand(
            "suspended_reason = %s WHERE serial = %s AND suspended_reason = '' AND NOT is_disabled",
            [reason, serial],
        )

    async def agree(
        self, serial: int, url: str, *, per_minute: int | None, start_sequence: int
    ) -> bool:
        """Notes that the endpoint of a URL agreed; False when it is another one by now."""
        return await self._stand(
            "is_confirmed = true, unconfirmed_reason = '', allowed_per_minute = %s, "
            "start_sequence = %s, handshake_at = NULL, handshake_count = 0 "
            "WHERE serial = %s AND url = %s",
            [per_minute, start_sequence, serial, url],
        )

    async def disagree(self, serial: int, url: str, reason: str, again_at: datetime) -> bool:
        """Notes that the endpoint of a URL did not agree, and when it is asked again."""
        return await self._stand(
            "is_confirmed = false, unconfirmed_reason = %s, handshake_at = %s, "
            "handshake_count = handshake_count + 1 WHERE serial = %s AND url = %s",
            [reason, again_at, serial, url],
        )

    async def using(self, stream: str) -> list[str]:
        """Names of up to ten webhooks of a stream, by id."""
        async with self._schema.connection() as connection:
            query = "SELECT id FROM webhooks WHERE stream = %s ORDER BY id LIMIT 10"
            return [f"webhooks/{row['id']}" for row in await _all(connection, query, [stream])]

    async def revision(self) -> int:
        """The revision of the last change."""
        async with self._schema.connection() as connection:
            row = await _one(connection, "SELECT revision FROM webhook_revision", [])
        return row["revision"] if row else 0

    async def _stand(self, change: str, values: Sequence[object]) -> bool:
        async with self._schema.connection() as connection:
            revision = await _next_revision(connection)
            cursor = await connection.execute(
                f"UPDATE webhooks SET revision = %s, {change}".encode(),  # noqa: S608 - constants
                [revision, *values],
            )
            return cursor.rowcount > 0

    def _changes(self, webhook: Webhook, wanted: Change, now: datetime) -> dict[str, object]:
        values: dict[str, object] = {}
        if wanted.settings is not None:
            values |= settings_values(wanted.settings, webhook.name, self._sealer)
        if wanted.standing is not None:
            values |= standing_values(wanted.standing)
        if wanted.start_sequence is not None:
            values["start_sequence"] = wanted.start_sequence
        if wanted.settings is not None or wanted.secrets is not None:
            values |= {"version": webhook.version + 1, "updated_at": now}
        return values

    async def _get(self, connection: Connection, webhook_id: str) -> Known:
        query = f"SELECT {SELECTED} FROM webhooks WHERE id = %s"  # noqa: S608 - columns
        row = await _one(connection, query, [webhook_id])
        if row is None:
            raise ResourceNotFound.of(_KIND, f"webhooks/{webhook_id}")
        return (await self._with_secrets(connection, [row]))[0]

    async def _with_secrets(
        self, connection: Connection, rows: Sequence[Mapping[str, Any]]
    ) -> list[Known]:
        return await known_of(connection, rows, self._sealer)

    async def _put_secrets(
        self, connection: Connection, name: str, serial: int, secrets: Sequence[Secret]
    ) -> None:
        await connection.execute("DELETE FROM webhook_secrets WHERE serial = %s", [serial])
        for position, secret in enumerate(secrets):
            sealed = self._sealer.seal(secret.text.encode(), owner=name)
            await connection.execute(
                "INSERT INTO webhook_secrets (serial, position, secret, created_at, expires_at) "
                "VALUES (%s, %s, %s, %s, %s)",
                [serial, position, sealed, secret.created_at, secret.expires_at],
            )


async def known_of(
    connection: Connection, rows: Sequence[Mapping[str, Any]], sealer: Sealer
) -> list[Known]:
    """Webhooks with their secrets, out of the rows of the former."""
    serials = [row["serial"] for row in rows]
    query = (
        "SELECT serial, secret, created_at, expires_at FROM webhook_secrets "
        "WHERE serial = ANY(%s) ORDER BY serial, position"
    )
    found: dict[int, list[Mapping[str, Any]]] = {serial: [] for serial in serials}
    for secret in await _all(connection, query, [serials]):
        found[secret["serial"]].append(secret)
    known: list[Known] = []
    for row in rows:
        webhook = webhook_of(row, sealer)
        known.append(Known(webhook, secrets_of(found[webhook.serial], webhook.name, sealer)))
    return known


def _check_etag(webhook: Webhook, etag: str) -> None:
    if etag and etag != webhook.etag:
        raise StaleEtag.of(webhook.name, etag, webhook.etag)


def _insert(values: Mapping[str, object]) -> tuple[str, list[object]]:
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    query = (
        f"INSERT INTO webhooks ({names}) VALUES ({marks}) "  # noqa: S608 - columns
        f"ON CONFLICT (id) DO NOTHING RETURNING {SELECTED}"
    )
    return query, list(values.values())


async def _update(connection: Connection, serial: int, values: Mapping[str, object]) -> None:
    assignments = ", ".join(f"{name} = %s" for name in values)
    query = f"UPDATE webhooks SET {assignments} WHERE serial = %s"  # noqa: S608 - columns
    await connection.execute(query.encode(), [*values.values(), serial])


async def _next_revision(connection: Connection) -> int:
    query = "UPDATE webhook_revision SET revision = revision + 1 RETURNING revision"
    row = await _one(connection, query, [])
    assert row is not None
    return row["revision"]


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
