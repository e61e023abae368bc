"""What answers GraphQL behind the transport.

The transport knows paths, media types, sessions and tokens; an `Engine` knows one schema. The
same engine serves HTTP, server-sent events and WebSocket:

    request ── Endpoints.engine(path) ──> Engine.prepare(request, caller) ──> Operation
                                                                 execute() / subscribe()

Results are whole GraphQL responses, serialised: an engine may write JSON directly.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from oms_core.identity import Identity


class OperationKind(Enum):
    """Kinds of operations."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `identity` is None when no token was sent; one that is invalid is refused before.

    `session` is the id of the WebSocket session, empty over HTTP.
    """

    identity: Identity | None
    request_id: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """The parameters of a request. `variables` and `extensions` are as parsed from JSON."""

    document: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Answer:
    """The response to a query or a mutation.

    Args:
        body: The response as JSON: `{"data": …}`, with `errors` and `extensions` as they apply.
        has_errors: Whether there are field errors in it, for metrics.
    """

    body: bytes
    has_errors: bool = False


SendNow = Callable[[Sequence[bytes]], bool]
"""Sends responses at once and in order, all of them; or none, and answers False."""


def send_later(_bodies: Sequence[bytes]) -> bool:
    """Sends nothing at once."""
    return False


class RequestRefused(Exception):
    """The request fails as a whole, before anything was executed: the response has no `data`.

    Syntax, validation, limits, coercion of variables, an unknown operation.

    Args:
        errors: GraphQL errors, each with `message` and usually `extensions`.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors[0]["message"] if errors else "refused")
        self.errors = errors


class Operation(Protocol):
    """An operation that was parsed, validated and found to be within the limits."""

    @property
    def kind(self) -> OperationKind:
        """What it does."""
        ...

    @property
    def name(self) -> str:
        """Its name, for metrics and logs; empty for an anonymous one."""
        ...

    async def execute(self) -> Answer:
        """Runs a query or a mutation. Called within the caller's call (`oms_core.call`), once.

        Raises:
            RequestRefused: a variable can't be coerced.
        """
        ...

    def subscribe(self, send_now: SendNow) -> AsyncIterator[bytes]:
        """Runs a subscription. Called as `execute` is.

        Args:
            send_now: May be called while the next item is waited for, in place of giving one.

        Returns:
            Whole responses as JSON, for ever or until the source ends. Closed by the transport
            with `aclose`, so it has to be an asynchronous generator or something like it. It
            may raise `RequestRefused` in place of an item, which ends the subscription; or an
            `OmsError`, which ends it too.
        """
        ...


class Engine(Protocol):
    """Answers the operations of one schema."""

    async def prepare(self, request: OperationRequest, caller: Caller) -> Operation:
        """Parses and validates a request.

        Raises:
            RequestRefused: the document is malformed, invalid, beyond a limit, or does not have
                the operation.
            OmsError: the caller may not do that at all.
        """
        ...


class Endpoint(Protocol):
    """Finds the engine of a path below `/graphql/`."""

    async def engine(self, name: str, caller: Caller) -> Engine:
        """The engine of `/graphql/{name}`; a name holds no slash and at most 200 characters.

        Called within the caller's call, before each request; over WebSocket for each operation.

        Raises:
            OmsError: there is none, or the caller may not see it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What is served: `metamodel` at `/graphql`, and what `named` finds at `/graphql/{name}`."""

    metamodel: Engine
    named: Endpoint | None = None
