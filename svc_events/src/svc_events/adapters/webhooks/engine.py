"""Everything about webhooks that runs in the background, started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Final

from oms_core.errors import ServiceUnavailable
from oms_core.logging import get_logger
from oms_core.tasks import end, raise_if_cancelled
from oms_postgres import PostgresSchema

from svc_events.adapters.webhooks.care import Caretaker
from svc_events.adapters.webhooks.changes import Changes
from svc_events.adapters.webhooks.directory import Directory
from svc_events.adapters.webhooks.dispatcher import Dispatcher
from svc_events.adapters.webhooks.rows import Known
from svc_events.adapters.webhooks.runner import Runner, Tools
from svc_events.domain.webhooks.model import State

_POLL_S: Final = 2.0
_PAUSE_S: Final = 0.5


@dataclass(slots=True)
class _Running:
    runner: Runner
    task: asyncio.Task[None] = field(repr=False)


class Engine:
    """Dispatcher, caretaker, log writer, and a runner for each webhook that is enabled."""

    def __init__(
        self,
        *,
        schema: PostgresSchema,
        directory: Directory,
        changes: Changes,
        dispatcher: Dispatcher,
        caretaker: Caretaker,
        tools: Tools,
    ) -> None:
        self._schema = schema
        self._directory = directory
        self._changes = changes
        self._dispatcher = dispatcher
        self._caretaker = caretaker
        self._tools = tools
        self._running: dict[int, _Running] = {}
        self._ending: dict[int, asyncio.Task[None]] = {}
        self._log = get_logger()

    async def run(self) -> None:
        """Runs until it is cancelled; then deliveries under way are finished and logged."""
        writer = asyncio.create_task(self._tools.log.run())
        others = [
            asyncio.create_task(self._dispatcher.run()),
            asyncio.create_task(self._caretaker.run()),
            asyncio.create_task(self._supervise()),
        ]
        try:
            done, _ = await asyncio.wait([writer, *others], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await end(*others)
            await self._stop()
            # Last, for the deliveries above wait for it.
            await end(writer)

    async def _supervise(self) -> None:
        while True:
            raise_if_cancelled()
            with contextlib.suppress(ServiceUnavailable):
                async with self._schema.connection() as connection:
                    await self._directory.refresh(connection)
                await self._adjust()
            await self._changes.wait(_POLL_S)

    async def _adjust(self) -> None:
        wanted = {
            serial: known
            for serial, known in self._directory.webhooks.items()
            if known.webhook.state is State.ENABLED
        }
        for serial, running in list(self._running.items()):
            if serial not in wanted or _shape(wanted[serial]) != _shape(running.runner.known):
                del self._running[serial]
                running.task.cancel()
                self._ending[serial] = running.task
        for serial, known in wanted.items():
            running = self._running.get(serial)
            if running is None:
                self._start(known)
            else:
                running.runner.known = known
        self._ending = {serial: task for serial, task in self._ending.items() if not task.done()}

    def _start(self, known: Known) -> None:
        serial = known.webhook.serial
        runner = Runner(known, self._tools)
        task = asyncio.create_task(self._keep(runner, self._ending.get(serial)))
        self._running[serial] = _Running(runner, task)

    async def _keep(self, runner: Runner, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            # The same webhook with other settings, which is finishing what it has under way.
            await asyncio.wait([before])
        while True:
            raise_if_cancelled()
            try:
                await runner.run()
            except Exception as exc:  # noqa: BLE001 - the others have to go on
                name = runner.known.webhook.name
                self._log.error("deliveries failed", webhook=name, exc_info=exc)
                await asyncio.sleep(_PAUSE_S)

    async def _stop(self) -> None:
        tasks = [running.task for running in self._running.values()]
        self._running.clear()
        await end(*tasks, *self._ending.values())
        self._ending.clear()


def _shape(known: Known) -> tuple[object, ...]:
    """What a runner can't change while it runs."""
    settings = known.webhook.settings
    return (settings.mode, settings.batch_size, settings.max_concurrency, settings.is_ordered)
