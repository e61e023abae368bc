"""Fields about sessions and the caller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)
from oms_core.errors import OmsError

from svc_graphql.execution.context import Context
from svc_graphql.schema.payloads import Payloads, Refusal, is_refusal
from svc_graphql.schema.permissions import check
from svc_graphql.schema.resolving import attribute, reads
from svc_graphql.schema.scalars import DATE_TIME
from svc_graphql.transport.sessions import Session

READ: Final = "graphql.sessions.read"
END: Final = "graphql.sessions.end"


def _seconds(value: float) -> str | None:
    if value == float("inf"):
        return None
    return datetime.fromtimestamp(value, UTC).isoformat().replace("+00:00", "Z")


def _is_current(session: Session, info: Any) -> bool:
    return session.session_id == info.context.caller.session


_SESSION: Final = GraphQLObjectType(
    "Session",
    {
        "sessionId": GraphQLField(GraphQLNonNull(GraphQLID), resolve=attribute("session_id")),
        "subject": GraphQLField(
            GraphQLNonNull(GraphQLString), resolve=attribute("identity.subject")
        ),
        "client": GraphQLField(GraphQLNonNull(GraphQLString), resolve=attribute("client")),
        "createTime": GraphQLField(
            GraphQLNonNull(DATE_TIME),
            resolve=reads(lambda s: s.create_time.isoformat().replace("+00:00", "Z")),
        ),
        "expireTime": GraphQLField(
            DATE_TIME, resolve=reads(lambda s: _seconds(s.identity.expires_at))
        ),
        "operationCount": GraphQLField(GraphQLNonNull(GraphQLInt), resolve=attribute("operations")),
        "isCurrent": GraphQLField(
            GraphQLNonNull(GraphQLBoolean),
            resolve=_is_current,
        ),
    },
    description="A WebSocket connection to this process whose caller is known.",
)


def _sessions(_source: Any, info: Any, everybody: bool) -> list[Session]:
    context: Context = info.context
    identity = check(context.caller.identity, READ if everybody else "")
    return context.sessions.of(None if everybody else identity.subject)


def _end(_source: Any, info: Any, session_id: str) -> Session | Refusal:
    context: Context = info.context
    try:
        identity = check(context.caller.identity, "")
        subject = None if identity.allows(END) else identity.subject
        return context.sessions.end(session_id, subject=subject)
    except OmsError as exc:
        if is_refusal(exc):
            return Refusal(exc)
        raise


def session_query() -> dict[str, GraphQLField]:
    """`sessions`."""
    return {
        "sessions": GraphQLField(
            GraphQLNonNull(GraphQLList(GraphQLNonNull(_SESSION))),
            args={
                "everybody": GraphQLArgument(
                    GraphQLNonNull(GraphQLBoolean),
                    default_value=False,
                    description=f"Not only the caller's own. Needs `{READ}`.",
                )
            },
            resolve=_sessions,
            description="WebSocket sessions of the process that answers, oldest first.",
        )
    }


def session_mutation(payloads: Payloads) -> dict[str, GraphQLField]:
    """`endSession`."""
    _SESSION.is_type_of = reads(lambda value: isinstance(value, Session))
    return {
        "endSession": GraphQLField(
            GraphQLNonNull(payloads.union("EndSessionResult", _SESSION)),
            args={"sessionId": GraphQLArgument(GraphQLNonNull(GraphQLID), out_name="session_id")},
            resolve=_end,
            description=f"Ends a session; another caller's with `{END}`.",
        )
    }
