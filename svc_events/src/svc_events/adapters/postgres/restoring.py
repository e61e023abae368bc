"""What positions in streams need when the streams were restored from a backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from psycopg import AsyncConnection

# Positions say of which stream they are by the time when it was made: see migrations 6 and 7.
_TABLES: Final = ("relay_positions", "kafka_positions", "webhook_positions", "routing_positions")

_NOTED: Final = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'oms_events' AND column_name = 'stream_created' AND table_name = ANY(%s)
"""


async def keep_positions(connection: AsyncConnection[Any], made: Mapping[str, str]) -> None:
    """Makes positions in a stream count in the one that was restored, which is as far.

    Without this a stream that was restored would be taken for one that was made anew, and all that
    it holds would be delivered once more.

    Args:
        made: When the stream was made, as positions say it, and when it was made now.
    """
    # Positions that an earlier version wrote do not say it.
    cursor = await connection.execute(_NOTED, [list(_TABLES)])
    for (table,) in await cursor.fetchall():
        for then, now in made.items():
            await connection.execute(
                f"UPDATE oms_events.{table} SET stream_created = %s "  # noqa: S608 - a constant
                "WHERE stream_created = %s".encode(),
                [now, then],
            )
