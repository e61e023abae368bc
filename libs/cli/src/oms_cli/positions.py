"""How a place in a stream, or a time, is written on the command line."""

from __future__ import annotations

import re
from typing import Any, Final

import click
from google.protobuf.timestamp_pb2 import Timestamp
from oms.event.v1.event_service_pb2 import StartPosition

_COMMIT: Final = re.compile(r"[0-9a-f]{64}")
_SEQUENCE: Final = re.compile(r"[0-9]{1,18}")


class TimeType(click.ParamType[Timestamp]):
    """A moment such as 2026-01-31T12:00:00Z."""

    name = "time"

    def convert(self, value: Any, param: Any, ctx: Any) -> Timestamp:
        """Reads a moment; a wrong one is a usage error."""
        if isinstance(value, Timestamp):
            return value
        timestamp = Timestamp()
        try:
            timestamp.FromJsonString(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-01-31T12:00:00Z", param, ctx)
        return timestamp


class StartType(click.ParamType[StartPosition]):
    """`beginning`, `now`, a sequence, a time, or the 64 digits of a commit."""

    name = "position"

    def convert(self, value: Any, param: Any, ctx: Any) -> StartPosition:
        """Reads a place; a wrong one is a usage error."""
        if isinstance(value, StartPosition):
            return value
        if value == "now":
            return StartPosition()
        if value == "beginning":
            return StartPosition(beginning=True)
        if _COMMIT.fullmatch(value):
            return StartPosition(commit=value)
        if _SEQUENCE.fullmatch(value):
            return StartPosition(sequence=int(value))
        return StartPosition(time=self._time(value, param, ctx))

    def _time(self, value: str, param: Any, ctx: Any) -> Timestamp:
        try:
            return TIME.convert(value, param, ctx)
        except click.BadParameter:
            what = "is no sequence, time, commit of 64 hex digits, `beginning` or `now`"
            self.fail(f"{value!r} {what}", param, ctx)


TIME: Final = TimeType()
START: Final = StartType()
