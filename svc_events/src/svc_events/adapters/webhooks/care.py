"""What one replica at a time does for all: keeps the log short, asks endpoints again, and removes
what is left of deleted webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from oms_core.clock import Clock
from oms_core.errors import OmsError
from oms_core.logging import get_logger
from oms_core.tasks import raise_if_cancelled
from oms_postgres import PostgresSchema

from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.directory import Directory
from svc_events.adapters.webhooks.handshaking import Handshaker, pause_s
from svc_events.adapters.webhooks.log import AttemptLog
from svc_events.adapters.webhooks.queue import DeliveryQueue
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.adapters.webhooks.rows import Known
from svc_events.adapters.webhooks.session import locks_of
from svc_events.adapters.webhooks.store import WebhookStore
from svc_events.domain.webhooks.model import State

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_POLL_S: Final = 30.0
_TRIM_EVERY: Final = timedelta(hours=1)
# A replica that does not know yet that a webhook was deleted may queue for it once more.
_SETTLED_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Caretaker:
    """Cares for the webhooks of a deployment."""

    schema: PostgresSchema
    store: WebhookStore
    log: AttemptLog
    queue: DeliveryQueue
    streams: StreamReader
    directory: Directory
    handshaker: Handshaker
    changes: Changes
    clock: Clock
    keep_log_s: float

    async def run(self) -> None:
        """Cares until it is cancelled."""
        trimmed_at: datetime | None = None
        while True:
            raise_if_cancelled()
            try:
                now = self.clock.now()
                if trimmed_at is None or now - trimmed_at >= _TRIM_EVERY:
                    await self._alone(self._trim)
                    trimmed_at = now
                await self._alone(self._tidy)
            except OmsError as exc:
                get_logger().debug("care of webhooks waits", why=str(exc))
            await self.changes.wait(_POLL_S)

    async def clean(self, serial: int, token: str) -> None:
        """Removes what is left of a deleted webhook: its consumers, its queue, its log."""
        await self.queue.remove(token)
        await self.log.forget(serial)

    async def confirm(self, known: Known) -> bool:
        """Asks an endpoint; whether it agreed."""
        webhook = known.webhook
        answer = await self.handshaker.ask(webhook.settings)
        if answer.is_given:
            last = await self.streams.last_sequence(webhook.stream)
            await self.store.agree(
                webhook.serial,
                webhook.settings.url,
                per_minute=answer.per_minute,
                start_sequence=last,
            )
        else:
            again_at = self.clock.now() + timedelta(seconds=await self._pause_s(webhook.serial))
            await self.store.disagree(webhook.serial, webhook.settings.url, answer.reason, again_at)
        await self.changes.announce()
        return answer.is_given

    async def _alone(self, work: Any) -> None:
        async with self.schema.session() as connection:
            if await locks_of(connection).take(["/care"]):
                await work(connection)

    async def _trim(self, _: Connection) -> None:
        await self.log.trim(self.clock.now(), keep_s=self.keep_log_s)

    async def _tidy(self, connection: Connection) -> None:
        await self.directory.refresh(connection)
        await self._clean_leftovers(connection)
        await self._ask_again(connection)

    async def _clean_leftovers(self, connection: Connection) -> None:
        cursor = await connection.execute("SELECT serial, token, deleted_at FROM webhook_leftovers")
        settled = self.clock.now() - timedelta(seconds=_SETTLED_AFTER_S)
        for serial, token, deleted_at in await cursor.fetchall():
            await self.clean(serial, token)
            if deleted_at < settled:
                await connection.execute(
                    "DELETE FROM webhook_leftovers WHERE serial = %s", [serial]
                )

    async def _ask_again(self, connection: Connection) -> None:
        cursor = await connection.execute(
            "SELECT serial FROM webhooks WHERE require_handshake AND NOT is_confirmed "
            "AND NOT is_disabled AND (handshake_at IS NULL OR handshake_at <= %s) LIMIT 32",
            [self.clock.now()],
        )
        webhooks = self.directory.webhooks
        due = [webhooks[serial] for (serial,) in await cursor.fetchall() if serial in webhooks]
        # Together, for each may take as long as the webhook's timeout.
        await asyncio.gather(
            *(self.confirm(each) for each in due if each.webhook.state is State.UNCONFIRMED)
        )

    async def _pause_s(self, serial: int) -> float:
        async with self.schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT handshake_count FROM webhooks WHERE serial = %s", [serial]
            )
            row = await cursor.fetchone()
        return pause_s(row[0] if row else 0)
