"""Targets that do what OMS has built in."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import grpc
from oms_core.errors import FieldViolation, InvalidField

from svc_scheduler.adapters.targets.lending import (
    LONGEST_CALL_S,
    OpenChannel,
    failed_call,
    metadata_of,
)
from svc_scheduler.domain.targets.attempts import Attempt
from svc_scheduler.domain.targets.model import Json, TaskCall


class Kind(Enum):
    """What a parameter holds."""

    TEXT = "text"
    NUMBER = "a number"
    FLAG = "true or false"

    def fits(self, value: Json) -> bool:
        """Whether a JSON value is of the kind."""
        match self:
            case Kind.TEXT:
                return isinstance(value, str)
            case Kind.NUMBER:
                return isinstance(value, int | float) and not isinstance(value, bool)
            case Kind.FLAG:
                return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a task can be told.

    Args:
        pattern: What a text has to be like; empty: anything.
        least, most: Bounds of a number, which is a whole one.
    """

    name: str
    description: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    pattern: str = ""
    least: int = 0
    most: int = 0

    def fault(self, value: Json) -> str:
        """What is wrong with a value; empty when nothing is."""
        if not self.kind.fits(value):
            return f"is not {self.kind.value}"
        if self.kind is Kind.TEXT and not re.fullmatch(self.pattern or ".*", value, re.DOTALL):
            return f"{value[:100]!r} does not match {self.pattern}"
        if self.kind is Kind.NUMBER:
            is_whole = isinstance(value, int) or value.is_integer()
            if not is_whole or not self.least <= value <= self.most:
                return f"{value!r} is no whole number from {self.least} to {self.most}"
        return ""


class TaskRun:
    """What a task works with: its parameters, and calls with what the attempt lends."""

    def __init__(
        self, parameters: Mapping[str, Json], attempt: Attempt, channel: OpenChannel
    ) -> None:
        self.attempt = attempt
        self._parameters = parameters
        self._channel = channel
        self._metadata = metadata_of(attempt)

    def text(self, name: str, default: str = "") -> str:
        """A parameter that holds text."""
        return str(self._parameters.get(name) or default)

    def number(self, name: str, default: int) -> int:
        """A parameter that holds a whole number."""
        return int(self._parameters.get(name, default))

    def flag(self, name: str) -> bool:
        """A parameter that holds true or false; false when it is left out."""
        return bool(self._parameters.get(name, False))

    def tell(self, line: str) -> None:
        """Adds a line to the log of the attempt."""
        self.attempt.tell(line)

    def channel(self, service: str) -> grpc.aio.Channel:
        """The channel to a service, for a stub whose methods are handed to `call` or `stream`."""
        return self._channel(service)

    async def call(self, method: Any, request: Any) -> Any:
        """Calls a method of a stub that answers once.

        Raises:
            AttemptFailed: the call failed.
        """
        try:
            return await method(request, metadata=self._metadata, timeout=LONGEST_CALL_S)
        except grpc.aio.AioRpcError as exc:
            raise failed_call(exc) from exc

    async def stream(self, method: Any, request: Any) -> AsyncGenerator[Any]:
        """Calls a method of a stub that answers with a stream; closing it ends the call.

        Raises as `call` does.
        """
        call = method(request, metadata=self._metadata)
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as exc:
            raise failed_call(exc) from exc
        finally:
            call.cancel()


@dataclass(frozen=True, slots=True)
class Task:
    """Something built in.

    Args:
        permissions: What its calls need.
        unavailable: Why this deployment can't do it; empty when it can.
    """

    id: str
    description: str
    parameters: tuple[Parameter, ...]
    permissions: frozenset[str]
    run: Callable[[TaskRun], Awaitable[Json]] = field(repr=False)
    unavailable: str = ""


class TaskRegistry:
    """The tasks there are, by id.

    Raises:
        ValueError: two tasks have one id.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks: Final = {}
        for task in sorted(tasks, key=lambda task: task.id):
            if task.id in self._tasks:
                raise ValueError(f"there are two tasks {task.id!r}")
            self._tasks[task.id] = task

    def __iter__(self) -> Iterator[Task]:
        """Every task, ordered by id."""
        return iter(self._tasks.values())

    def find(self, task_id: str, field: str) -> Task:
        """The task of an id.

        Raises:
            InvalidField: there is none, or this deployment can't do it.
        """
        task = self._tasks.get(task_id)
        if task is None:
            raise InvalidField.of(field, f"{task_id!r} is none of {', '.join(self._tasks)}")
        if task.unavailable:
            raise InvalidField.of(field, f"{task_id!r} {task.unavailable}")
        return task


class Tasks:
    """Carries built-in tasks out."""

    def __init__(self, channel: OpenChannel, registry: TaskRegistry) -> None:
        self._channel = channel
        self._registry = registry

    def check(self, target: TaskCall, field: str) -> frozenset[str]:
        """See `TargetRunner.check`."""
        task = self._registry.find(target.task, f"{field}.task.task")
        _check_parameters(task, target.parameters, f"{field}.task.parameters")
        return task.permissions

    async def run(self, target: TaskCall, attempt: Attempt) -> Json:
        """See `TargetRunner.run`."""
        task = self._registry.find(target.task, "task.task")
        _check_parameters(task, target.parameters, "task.parameters")
        return await task.run(TaskRun(target.parameters, attempt, self._channel))


def _check_parameters(task: Task, given: Mapping[str, Json], field: str) -> None:
    known = {parameter.name: parameter for parameter in task.parameters}
    faults = [
        FieldViolation(f"{field}.{name}", f"{task.id!r} has no such parameter")
        for name in given
        if name not in known
    ]
    for name, parameter in known.items():
        if name in given:
            fault = parameter.fault(given[name])
        else:
            fault = f"{task.id!r} needs it" if parameter.is_required else ""
        if fault:
            faults.append(FieldViolation(f"{field}.{name}", fault))
    if faults:
        raise InvalidField(f"{faults[0].field}: {faults[0].description}", fields=faults)
