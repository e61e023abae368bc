"""Spans of what is done within a call, for code that knows nothing of OpenTelemetry.

Nothing happens, and nothing is imported, until a server with telemetry installs how spans are made.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from enum import Enum
from typing import Any, Final, Protocol

TRACEPARENT: Final = "traceparent"
"""Name of the header that carries a trace on, as W3C Trace Context has it."""
_NOTHING: Final = nullcontext()


class Kind(Enum):
    """What a span is, as OpenTelemetry has it; the names are those of its `SpanKind`."""

    INTERNAL = "INTERNAL"
    CLIENT = "CLIENT"
    PRODUCER = "PRODUCER"
    CONSUMER = "CONSUMER"


class Tracing(Protocol):
    """Makes spans."""

    def span(
        self, name: str, kind: Kind, attributes: dict[str, str | int]
    ) -> AbstractContextManager[Any]:
        """See `span`."""
        ...

    def continued(
        self, name: str, kind: Kind, parent: str, attributes: dict[str, str | int]
    ) -> AbstractContextManager[Any]:
        """See `continued`."""
        ...

    def traceparent(self) -> str:
        """See `traceparent`."""
        ...


_tracing: list[Tracing] = []


def install(tracing: Tracing) -> None:
    """Makes spans from now on, in the whole process; the one installed last counts."""
    _tracing.append(tracing)


def uninstall(tracing: Tracing) -> None:
    """Ends what `install` began."""
    _tracing.remove(tracing)


def span(
    name: str, kind: Kind = Kind.CLIENT, **attributes: str | int
) -> AbstractContextManager[Any]:
    """A span below the current one, for the block. Where the current one is not recorded, or there
    is none, nothing is made: what is done in the background makes no traces of its own.

    Args:
        name: Constant, or of few values.
        attributes: An underscore stands for a dot: `db_system_name`.
    """
    return _tracing[-1].span(name, kind, attributes) if _tracing else _NOTHING


def continued(
    name: str, kind: Kind, parent: str, **attributes: str | int
) -> AbstractContextManager[Any]:
    """A span of work that is done later, or elsewhere, than what asked for it.

    Args:
        parent: The `traceparent` that was kept; empty: the work begins a trace of its own, if that
            is sampled.
    """
    return _tracing[-1].continued(name, kind, parent, attributes) if _tracing else _NOTHING


def traceparent() -> str:
    """What continues the current span elsewhere; empty where it is not recorded."""
    return _tracing[-1].traceparent() if _tracing else ""
