"""Schemas made anew when the branches in use move, before anybody asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import grpc.aio
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms_core.clock import Clock
from oms_core.errors import OmsError
from oms_core.logging import get_logger

_SWEEP_S: Final = 10.0
_RETRY_S: Final = 5.0


@dataclass(slots=True)
class _Followed:
    """An ontology in use: its branches, when it was asked for last, and where they moved to."""

    used_at: float
    branches: set[str] = field(default_factory=set[str])
    task: asyncio.Task[None] | None = None
    retry_at: float = 0.0
    moved: dict[str, str] = field(default_factory=dict[str, str])
    has_moved: asyncio.Event = field(default_factory=asyncio.Event)


class Following:
    """Follows the commit feeds of the ontologies in use. Add `run` as a worker.

    A schema that isn't made yet is made when it is asked for, so what is missed here costs time
    alone.
    """

    def __init__(
        self,
        channel: Any,
        clock: Clock,
        build: Callable[[str, str], Awaitable[object]],
        *,
        max_ontologies: int = 16,
        idle_s: float = 600.0,
    ) -> None:
        """Follows nothing yet.

        Args:
            channel: To the kernel.
            build: Makes the schema of an ontology as of a commit.
            max_ontologies: Most ontologies that are followed: those used last.
            idle_s: How long one is followed when nobody asks for it.
        """
        self._commits: Any = commit_grpc.CommitServiceStub(channel)
        self._clock = clock
        self._build = build
        self._max_ontologies = max_ontologies
        self._idle_s = idle_s
        self._followed: dict[str, _Followed] = {}
        self._wanted = asyncio.Event()

    def use(self, ontology: str, branch: str) -> None:
        """Takes note that a branch is in use. Costs next to nothing."""
        now = self._clock.monotonic()
        known = self._followed.get(ontology)
        if known is None:
            if len(self._followed) >= self._max_ontologies:
                self._forget(min(self._followed, key=lambda one: self._followed[one].used_at))
            known = self._followed[ontology] = _Followed(now)
        known.used_at = now
        known.branches.add(branch)
        if known.task is None:
            self._wanted.set()

    async def run(self) -> None:
        """Follows what is in use. Ends only by being cancelled."""
        async with asyncio.TaskGroup() as feeds:
            while True:
                try:
                    async with asyncio.timeout(_SWEEP_S):
                        await self._wanted.wait()
                except TimeoutError:
                    self._sweep()
                self._wanted.clear()
                now = self._clock.monotonic()
                for ontology, known in self._followed.items():
                    is_idle = known.task is None or known.task.done()
                    if is_idle and known.retry_at <= now:
                        known.retry_at = now + _RETRY_S
                        known.task = feeds.create_task(self._follow(ontology, known))

    def _sweep(self) -> None:
        oldest = self._clock.monotonic() - self._idle_s
        for ontology, known in list(self._followed.items()):
            if known.used_at < oldest:
                self._forget(ontology)

    def _forget(self, ontology: str) -> None:
        known = self._followed.pop(ontology)
        if known.task is not None:
            known.task.cancel()

    async def _follow(self, ontology: str, known: _Followed) -> None:
        building = asyncio.create_task(self._build_moved(ontology, known))
        try:
            await self._watch(ontology, known)
        except grpc.aio.AioRpcError as exc:
            get_logger().info("commit feed broke", database=ontology, code=exc.code().name)
        finally:
            building.cancel()
            await asyncio.gather(building, return_exceptions=True)

    async def _watch(self, ontology: str, known: _Followed) -> None:
        request = commit_pb2.WatchCommitsRequest(parent=f"databases/{ontology}", from_now=True)
        async for part in self._commits.WatchCommits(request):
            if part.is_last_part and part.commit.branch in known.branches:
                # Only the last of several commits is worth a schema.
                known.moved[part.commit.branch] = part.commit.commit_id
                known.has_moved.set()

    async def _build_moved(self, ontology: str, known: _Followed) -> None:
        while True:
            await known.has_moved.wait()
            known.has_moved.clear()
            moved, known.moved = known.moved, {}
            for commit_id in moved.values():
                try:
                    await self._build(ontology, commit_id)
                except OmsError as exc:
                    get_logger().info("schema not made", ontology=ontology, reason=exc.reason)
