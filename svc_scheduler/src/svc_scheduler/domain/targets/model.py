"""The kinds of targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Json: TypeAlias = Any
"""What JSON can hold: None, booleans, numbers, text, lists and dictionaries of them."""


class Absent:
    """Stands for JSON that is not there, which is not `null`."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class GrpcCall:
    """Calls a method of the suite.

    Args:
        method: Full name, `package.Service/Method`.
        request: The request in the JSON form of Protocol Buffers.
    """

    method: str
    request: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class HttpCall:
    """Sends an HTTP request.

    Args:
        headers: Values are secret.
        body: JSON, or `ABSENT`.
    """

    url: str
    method: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: Json = ABSENT


@dataclass(frozen=True, slots=True)
class Publication:
    """Publishes a CloudEvent.

    Args:
        stream: Id of the stream, never empty.
        subject: Empty: none.
        data: JSON, or `ABSENT`.
    """

    stream: str
    type: str
    subject: str = ""
    data: Json = ABSENT


@dataclass(frozen=True, slots=True)
class TaskCall:
    """Does what OMS has built in."""

    task: str
    parameters: Mapping[str, Json] = field(default_factory=dict[str, Json])


Target: TypeAlias = GrpcCall | HttpCall | Publication | TaskCall
