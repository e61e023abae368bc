"""The scheduler: how late runs begin, and how long a dead leader is missed."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg
from oms_devstack import free_port, starting_stack
from oms_testing.e2e_process import ServiceProcess
from psycopg.types.json import Jsonb

from tests.bench.report import Goal, Section

_LEASE_S: Final = 5
_GOAL_BUSY_MS: Final = 250
_GOAL_IDLE_MS: Final = 50
_GOAL_TAKE_OVER_S: Final = _LEASE_S + 1
_NEVER: Final = {"trigger": {"cron": {"expression": "0 0 1 1 *"}}}
_TARGET: Final = {
    "grpc": {
        "method": "oms.scheduler.v1.ScheduleService/PreviewSchedule",
        "request": {"schedule": {"trigger": {"once": "2999-01-01T00:00:00Z"}}, "count": 1},
    }
}
_INSERT: Final = """
INSERT INTO oms_scheduler.jobs (id, definition, labels, is_paused, next_fire_time,
    next_begin_time, author, author_roles, created_by, create_time, update_time)
SELECT %(prefix)s || number,
    CASE WHEN %(every_ms)s = 0 THEN %(definition)s ELSE jsonb_set(%(definition)s,
        '{schedule}', jsonb_build_object('trigger', jsonb_build_object('interval',
        jsonb_build_object('every', %(every_ms)s / 1000 || 's', 'anchor_time',
        to_char(to_timestamp(number * %(spread_ms)s / 1000.0) AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))))) END,
    '{}', false, begin, begin, 'bench', '{administrator}', 'bench', now(), now()
FROM generate_series(1, %(count)s) AS number, LATERAL (SELECT CASE WHEN %(every_ms)s = 0
    THEN now() + interval '300 days'
    ELSE date_trunc('second', now()) + make_interval(secs => 5 + number * %(spread_ms)s / 1000.0)
    END AS begin) AS due
"""
_LATENESS: Final = """
SELECT extract(epoch FROM create_time - fire_time)::float8 * 1000,
    extract(epoch FROM start_time - fire_time)::float8 * 1000
FROM oms_scheduler.runs WHERE fire_time BETWEEN now() - %s::interval AND now() - interval '1 s'
    AND start_time IS NOT NULL
"""


@dataclass(slots=True)
class Bench:
    """Stores, and replicas as processes."""

    folder: Path
    urls: dict[str, str]
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    replicas: list[ServiceProcess] = field(default_factory=list[ServiceProcess])

    async def start(self, **environment: str) -> ServiceProcess:
        """Starts a replica."""
        port, number = free_port(), len(self.replicas)
        replica = ServiceProcess(
            "svc_scheduler",
            address=f"127.0.0.1:{port}",
            environment={
                "OMS_PORTS": f'{{"scheduler": {port}}}',
                "OMS_LOG_LEVEL": "WARNING",
                "JWT_SECRET": self.secret,
                **self.urls,
                **environment,
            },
            log=self.folder / f"replica-{number}.log",
        )
        await replica.start()
        self.replicas.append(replica)
        async with asyncio.timeout(60):
            await self._until_led()
        return replica

    async def _until_led(self) -> None:
        """Waits until there was a leader, and so there are tables."""
        is_led = False
        while not is_led:
            await asyncio.sleep(0.1)
            with contextlib.suppress(psycopg.errors.UndefinedTable):
                query = "SELECT 1 FROM oms_scheduler.leadership WHERE token > 0"
                is_led = bool(await self.ask(query))

    async def ask(self, query: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """Asks PostgreSQL."""
        async with await psycopg.AsyncConnection.connect(self.urls["DATABASE_URL"]) as connection:
            cursor = await connection.execute(query.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def add(
        self, prefix: str, count: int, *, every_ms: int = 0, spread_ms: float = 0
    ) -> None:
        """Adds jobs; with `every_ms` of 0 they fire next year, else so often and so far apart."""
        values = {
            "prefix": prefix,
            "count": count,
            "every_ms": every_ms,
            "spread_ms": spread_ms,
            "definition": Jsonb(
                {
                    "schedule": _NEVER,
                    "target": _TARGET,
                    "overlap": "OVERLAP_POLICY_ALLOW",
                    "permissions": ["scheduler.schedules.preview"],
                }
            ),
        }
        await self.ask(_INSERT, values)

    async def lateness(self, seconds: int) -> list[tuple[float, float]]:
        """How late runs of the last seconds were recorded and begun, in milliseconds."""
        return [(row[0], row[1]) for row in await self.ask(_LATENESS, [f"{seconds} s"])]

    async def until_recorded(self, after: str) -> float:
        """Waits for a run recorded after a moment; that moment's distance, in seconds."""
        while True:
            rows = await self.ask(
                "SELECT extract(epoch FROM min(create_time) - %s::timestamptz)::float8 "
                "FROM oms_scheduler.runs WHERE create_time > %s::timestamptz",
                [after, after],
            )
            if rows[0][0] is not None:
                return float(rows[0][0])
            await asyncio.sleep(0.05)


async def lateness(*, rates: Sequence[int], seconds: int, schedules: int) -> Section:
    """How late runs are, from idle to busy."""
    section = Section(
        "How late runs are",
        f"One process leads and works, with {schedules:,} schedules, of which as many fire as the "
        "rate says, evenly spread; each run calls a method of the scheduler itself. The bench, "
        "PostgreSQL, NATS and Valkey are on the same cores. Recorded: the run is in PostgreSQL. "
        "Begun: a worker has it. Milliseconds after the time of the schedule.",
        ("fires a second", "runs", "recorded p50", "p99", "begun p50", "p99"),
    )
    for rate in rates:
        async with _bench() as bench:
            await bench.start()
            await bench.add("idle", schedules - rate * 10)
            await bench.add("busy", rate * 10, every_ms=10_000, spread_ms=1000 / rate)
            # A new leader reads what was added behind its back.
            bench.replicas.pop().kill()
            await bench.start()
            await asyncio.sleep(_LEASE_S + 10 + seconds)
            found = await bench.lateness(seconds)
        recorded, begun = sorted(each[0] for each in found), sorted(each[1] for each in found)
        cells = [
            f"{_at(values, part):,.1f}" for values in (recorded, begun) for part in (0.5, 0.99)
        ]
        section.rows.append((f"{rate:,}", f"{len(found):,}", *cells))
        goal = _GOAL_IDLE_MS if rate == rates[0] else _GOAL_BUSY_MS
        if rate in (rates[0], rates[-1]):
            text = (
                f"p99 {_at(begun, 0.99):,.0f} ms at {rate:,} fires a second, "
                f"{len(found) / seconds / rate:.0%} of them begun; at most {goal} ms were promised"
            )
            is_met = _at(begun, 0.99) <= goal and len(found) >= 0.9 * seconds * rate
            section.goals.append(Goal(text, is_met))
    return section


async def take_over(*, rounds: int, schedules: int) -> Section:
    """How long nobody leads when the leader is killed."""
    section = Section(
        "When the leader is killed",
        f"Two processes, {schedules:,} schedules and one that fires every second; the leader gets "
        f"SIGKILL. Until the first run is recorded; its lease lasts {_LEASE_S} s.",
        ("rounds", "median s", "worst s"),
    )
    taken: list[float] = []
    async with _bench() as bench:
        await bench.start()
        await bench.add("idle", schedules)
        await bench.add("each", 1, every_ms=1000)
        bench.replicas.pop().kill()
        await bench.start()
        for _ in range(rounds):
            await asyncio.sleep(_LEASE_S + 2)
            await bench.start()
            ((now,),) = await bench.ask("SELECT clock_timestamp()::text")
            bench.replicas.pop(0).kill()
            taken.append(await bench.until_recorded(now))
    section.rows.append((str(rounds), f"{statistics.median(taken):.2f}", f"{max(taken):.2f}"))
    text = f"taken over within {max(taken):.2f} s; {_GOAL_TAKE_OVER_S} s were promised"
    section.goals.append(Goal(text, max(taken) <= _GOAL_TAKE_OVER_S))
    return section


@asynccontextmanager
async def _bench() -> AsyncIterator[Bench]:
    with TemporaryDirectory() as folder:
        async with starting_stack(Path(folder)) as stack:
            await stack.ready()
            bench = Bench(Path(folder), dict(stack.urls))
            try:
                yield bench
            finally:
                for replica in bench.replicas:
                    replica.kill()


def _at(values: Sequence[float], part: float) -> float:
    return values[min(len(values) - 1, int(len(values) * part))] if values else float("nan")
