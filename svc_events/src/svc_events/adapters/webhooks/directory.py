"""What this process knows of the webhooks there are, kept up to date by revision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oms_core.errors import DataCorrupted
from oms_core.logging import get_logger
from oms_security.sealing import Sealer

from svc_events.adapters.webhooks.rows import SELECTED, Known
from svc_events.adapters.webhooks.store import known_of

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]


class Directory:
    """Webhooks by serial. One whose secrets can't be decrypted is left out, and logged."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._known: dict[int, Known] = {}
        self._revision = -1
        self._reading = asyncio.Lock()
        self._log = get_logger()

    @property
    def revision(self) -> int:
        """Of the last change that is known; -1: nothing is known yet."""
        return self._revision

    @property
    def webhooks(self) -> Mapping[int, Known]:
        """Every webhook, those that deliver nothing included."""
        return self._known

    async def refresh(self, connection: Connection) -> bool:
        """Reads what changed, as one reader at a time; whether anything did."""
        async with self._reading:
            return await self._refresh(connection)

    async def _refresh(self, connection: Connection) -> bool:
        cursor = await connection.execute("SELECT revision FROM webhook_revision")
        row = await cursor.fetchone()
        revision = row[0] if row else 0
        if revision == self._revision:
            return False
        await self._read(connection)
        # Read before its changes were, so none is passed over.
        self._revision = revision
        return True

    async def _read(self, connection: Connection) -> None:
        from psycopg.rows import dict_row

        cursor = await connection.execute("SELECT serial FROM webhooks")
        live = {row[0] for row in await cursor.fetchall()}
        query = f"SELECT {SELECTED} FROM webhooks WHERE revision > %s"  # noqa: S608 - columns
        async with connection.cursor(row_factory=dict_row) as rows:
            await rows.execute(query.encode(), [self._revision])
            changed = await rows.fetchall()
        known = {serial: each for serial, each in self._known.items() if serial in live}
        for row in changed:
            known.pop(row["serial"], None)
            try:
                (read,) = await known_of(connection, [row], self._sealer)
            except DataCorrupted as exc:
                self._log.error("webhook left out", webhook=row["id"], why=str(exc))
            else:
                known[row["serial"]] = read
        self._known = known
