"""Targets of every kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, cast

from oms_core.errors import OmsError
from oms_outbound import OutboundClient

from svc_scheduler.adapters.targets.events import Events
from svc_scheduler.adapters.targets.grpc_methods import GrpcMethods
from svc_scheduler.adapters.targets.http_calls import HttpCalls
from svc_scheduler.adapters.targets.lending import OpenChannel, failed
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import TaskRegistry, Tasks
from svc_scheduler.domain.targets.attempts import Attempt
from svc_scheduler.domain.targets.model import GrpcCall, HttpCall, Json, Publication, Target

MAX_DEPTH: Final = 100
"""Levels of lists and objects that a result keeps."""


class Targets:
    """Carries out targets. Implements `TargetRunner`.

    Imports every generated module when it is made, so make it before serving begins.

    Args:
        channel: Gives channels to services, such as `ServiceContext.channel`.
        outbound: Sends HTTP requests, best by `scheduler_policy`; closed by who made it.
        tasks: What is built in.
    """

    def __init__(self, channel: OpenChannel, outbound: OutboundClient, tasks: TaskRegistry) -> None:
        methods = Methods()
        self._grpc = GrpcMethods(channel, methods)
        self._http = HttpCalls(outbound)
        self._events = Events(channel, methods)
        self._tasks = Tasks(channel, tasks)

    def check(self, target: Target, field: str) -> frozenset[str]:
        """See `TargetRunner.check`."""
        match target:
            case GrpcCall():
                return self._grpc.check(target, field)
            case HttpCall():
                return self._http.check(target, field)
            case Publication():
                return self._events.check(target, field)
            case _:
                return self._tasks.check(target, field)

    async def run(self, target: Target, attempt: Attempt) -> Json:
        """See `TargetRunner.run`."""
        try:
            return storable(await self._carry_out(target, attempt))
        except OmsError as exc:
            # What was sound when the job was saved may be gone: a method, a task, a parameter.
            raise failed(exc) from exc

    async def _carry_out(self, target: Target, attempt: Attempt) -> Json:
        match target:
            case GrpcCall():
                return await self._grpc.run(target, attempt)
            case HttpCall():
                return await self._http.run(target, attempt)
            case Publication():
                return await self._events.run(target, attempt)
            case _:
                return await self._tasks.run(target, attempt)


def storable(result: Json, depth: int = MAX_DEPTH) -> Json:
    """A result without what a store of JSON refuses: NUL, halves of characters, no numbers.

    What lies deeper than `depth` is replaced by an ellipsis.
    """
    match result:
        case str():
            text = result.replace("\x00", "\ufffd")
            return text.encode("utf-8", "replace").decode()
        case float() if not math.isfinite(result):
            return str(result)
        case list() | Mapping() if depth == 0:
            return "…"
        case list():
            return [storable(each, depth - 1) for each in cast("list[Json]", result)]
        case Mapping():
            items = cast("Mapping[str, Json]", result).items()
            return {storable(key): storable(value, depth - 1) for key, value in items}
        case _:
            return result
