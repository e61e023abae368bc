"""How a revision, a name or a length of time is written on the command line."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

import click
from google.protobuf.timestamp_pb2 import Timestamp
from oms.common.v1.revision_pb2 import Revision

_COMMIT: Final = re.compile(r"[0-9a-f]{64}")
_BRANCH: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TTL: Final = re.compile(r"([0-9]{1,6})([smh]?)")
_SECONDS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}


class RevisionType(click.ParamType[Revision]):
    """`main`, the 64 digits of a commit, or `main@2026-01-31T12:00:00Z`."""

    name = "revision"

    def convert(self, value: Any, param: Any, ctx: Any) -> Revision:
        """Reads a revision; a wrong one is a usage error."""
        if isinstance(value, Revision):
            return value
        if _COMMIT.fullmatch(value):
            return Revision(commit=value)
        branch, at, moment = value.partition("@")
        if at and not branch:
            branch = "main"
        if not _BRANCH.fullmatch(branch):
            self.fail(
                f"{value!r} is no branch, commit of 64 hex digits, or branch@time", param, ctx
            )
        revision = Revision(branch=branch)
        if at:
            revision.time.CopyFrom(self._time(moment, param, ctx))
        return revision

    def _time(self, text: str, param: Any, ctx: Any) -> Timestamp:
        timestamp = Timestamp()
        try:
            timestamp.FromJsonString(text)
        except ValueError:
            self.fail(f"{text!r} is no time such as 2026-01-31T12:00:00Z", param, ctx)
        return timestamp


class TtlType(click.ParamType[timedelta]):
    """A length of time: `90s`, `15m`, `8h`, or seconds."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        """Reads a length of time; a wrong one is a usage error."""
        if isinstance(value, timedelta):
            return value
        match = _TTL.fullmatch(value)
        if match is None:
            self.fail(f"{value!r} is no length of time such as 90s, 15m or 8h", param, ctx)
        return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


class IdType(click.ParamType[str]):
    """The id of a resource, or its resource name, of which the last part is taken."""

    name = "id"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Reads an id; an empty one is a usage error."""
        resource_id = str(value).rpartition("/")[2]
        if not resource_id:
            self.fail(f"{value!r} has no id", param, ctx)
        return resource_id


REVISION: Final = RevisionType()
TTL: Final = TtlType()
ID: Final = IdType()
