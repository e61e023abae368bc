"""Settings of subscriptions, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from oms_core.errors import ResourceAlreadyExists, ResourceNotFound, StaleEtag
from oms_postgres import PostgresSchema

from svc_events.domain.subscriptions.record import (
    Ordering,
    Start,
    Subscription,
    SubscriptionSpec,
)

_COLUMNS = (
    "id, spec, start_sequence, start_time, created_by, create_time, update_time, epoch, version"
)
_KIND = "Subscription"


class SubscriptionStore:
    """Subscriptions by id. Changes are atomic; one that meets another's is refused by etag."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema

    async def add(self, subscription: Subscription) -> None:
        """Keeps a new one.

        Raises:
            ResourceAlreadyExists: there is one of that id.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                f"INSERT INTO subscriptions ({_COLUMNS}, stream) "  # noqa: S608 - constants
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                [*_row(subscription), subscription.spec.stream],
            )
            if cursor.rowcount == 0:
                raise ResourceAlreadyExists.of(_KIND, f"subscriptions/{subscription.id}")

    async def get(self, subscription_id: str) -> Subscription:
        """One of them.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS} FROM subscriptions WHERE id = %s",  # noqa: S608
                [subscription_id],
            )
            row = await cursor.fetchone()
        if row is None:
            raise ResourceNotFound.of(_KIND, f"subscriptions/{subscription_id}")
        return _subscription(row)

    async def page(self, *, stream: str, after: str, limit: int) -> Sequence[Subscription]:
        """Subscriptions in the order of their ids.

        Args:
            stream: Only of this one; empty: of all.
            after: Only ids behind this one.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS} FROM subscriptions "  # noqa: S608
                "WHERE id > %s AND (%s = '' OR stream = %s) ORDER BY id LIMIT %s",
                [after, stream, stream, limit],
            )
            return [_subscription(row) for row in await cursor.fetchall()]

    async def replace(self, before: Subscription, after: Subscription) -> None:
        """Changes one, if it is still as it was read.

        Raises:
            StaleEtag: it changed meanwhile.
            ResourceNotFound: it is gone.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "UPDATE subscriptions SET spec = %s, start_sequence = %s, start_time = %s, "
                "update_time = %s, epoch = %s, version = %s "
                "WHERE id = %s AND version = %s AND epoch = %s",
                [
                    _spec(after.spec),
                    after.start.sequence,
                    after.start.time,
                    after.update_time,
                    after.epoch,
                    after.version,
                    before.id,
                    before.version,
                    before.epoch,
                ],
            )
            is_changed = cursor.rowcount == 1
        if not is_changed:
            now = await self.get(before.id)
            raise StaleEtag.of(f"subscriptions/{before.id}", before.etag, now.etag)

    async def remove(self, subscription: Subscription) -> None:
        """Forgets one, if it is still as it was read.

        Raises:
            StaleEtag, ResourceNotFound: as in `replace`.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "DELETE FROM subscriptions WHERE id = %s AND version = %s AND epoch = %s",
                [subscription.id, subscription.version, subscription.epoch],
            )
            is_removed = cursor.rowcount == 1
        if not is_removed:
            now = await self.get(subscription.id)
            raise StaleEtag.of(f"subscriptions/{subscription.id}", subscription.etag, now.etag)

    async def users_of_stream(self, stream: str) -> list[str]:
        """Names of the first subscriptions of a stream, at most 10."""
        if not self._schema.is_configured:
            return []
        found = await self.page(stream=stream, after="", limit=10)
        return [f"subscriptions/{each.id}" for each in found]


def moved(subscription: Subscription, start: Start, *, now: datetime) -> Subscription:
    """The subscription in its next epoch."""
    return replace(subscription, start=start, epoch=subscription.epoch + 1, update_time=now)


def _row(subscription: Subscription) -> list[Any]:
    return [
        subscription.id,
        _spec(subscription.spec),
        subscription.start.sequence,
        subscription.start.time,
        subscription.created_by,
        subscription.create_time,
        subscription.update_time,
        subscription.epoch,
        subscription.version,
    ]


def _spec(spec: SubscriptionSpec) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(asdict(spec) | {"ordering": spec.ordering.value})


def _subscription(row: Sequence[Any]) -> Subscription:
    subscription_id, spec, sequence, time, *rest = row
    plain: dict[str, Any] = {**spec, "ordering": Ordering(spec["ordering"])}
    return Subscription(subscription_id, SubscriptionSpec(**plain), Start(sequence, time), *rest)
