"""Acts on each event once, however often it is delivered.

Delivery is at least once: a consumer that dies between acting and acknowledging gets the
event again, and so does one that was too slow, while its own late acknowledgement still
counts. What makes that harmless is to note the event in the transaction that acts on it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from io_cloudevents.v1.cloudevents_pb2 import CloudEvent
    from psycopg import AsyncConnection

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class Inbox:
    """The events that a consumer has acted on, in a table of its own database.

    async with connection.transaction():
        if await inbox.is_new(connection, event):
            await connection.execute("UPDATE …")
    """

    def __init__(self, consumer: str, *, table: str = "event_inbox") -> None:
        """Touches nothing yet.

        Args:
            consumer: Keeps consumers of the same database apart, such as a subscription's id.
            table: Its name: small letters, digits and `_`.
        """
        if not _NAME.fullmatch(table):
            raise ValueError(f"table {table!r} is no name of small letters, digits and '_'")
        self._consumer = consumer
        self._table = table

    async def create(self, connection: AsyncConnection[Any]) -> None:
        """Makes the table unless it is there."""
        await connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self._table} ("  # pyright: ignore
            "consumer text NOT NULL, source text NOT NULL, event_id text NOT NULL, "
            "received_at timestamptz NOT NULL DEFAULT now(), "
            "PRIMARY KEY (consumer, source, event_id))"
        )

    async def is_new(self, connection: AsyncConnection[Any], event: CloudEvent) -> bool:
        """Notes an event, in the caller's transaction.

        Another transaction that notes the same event waits until this one ends.

        Returns:
            False when it was acted on before, and nothing is to be done.
        """
        cursor = await connection.execute(
            f"INSERT INTO {self._table} (consumer, source, event_id) "  # noqa: S608 # pyright: ignore[reportArgumentType]
            "VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [self._consumer, event.source, event.id],
        )
        return cursor.rowcount == 1

    async def prune(self, connection: AsyncConnection[Any], older_than: timedelta) -> int:
        """Forgets events noted longer ago; how many.

        Args:
            older_than: Longer than the stream keeps events or a delivery may be repeated, or an
                event that comes again after it is acted on again.
        """
        cursor = await connection.execute(
            f"DELETE FROM {self._table} "  # noqa: S608 # pyright: ignore[reportArgumentType]
            "WHERE consumer = %s AND received_at < now() - %s",
            [self._consumer, older_than],
        )
        return cursor.rowcount
