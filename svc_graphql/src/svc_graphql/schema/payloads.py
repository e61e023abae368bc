"""What a mutation answers: its response, or one of the errors that a caller can act upon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLFloat,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
)
from oms_core.errors import OmsError

from svc_graphql.schema.resolving import attribute, reads
from svc_graphql.schema.scalars import JSON

# Type by the code of an error. Others are errors of the field: nobody can act upon them.
_TYPES: Final = {
    "INVALID_ARGUMENT": ("InvalidInputError", "A value is wrong; `fields` says which."),
    "UNAUTHENTICATED": ("AuthenticationError", "The token is missing, wrong or expired."),
    "PERMISSION_DENIED": ("PermissionDeniedError", "The caller may not do that."),
    "NOT_FOUND": ("NotFoundError", "What is named does not exist."),
    "ALREADY_EXISTS": ("AlreadyExistsError", "What is to be made exists."),
    "ABORTED": ("ConflictError", "Somebody else changed it: read again, then retry."),
    "FAILED_PRECONDITION": ("PreconditionError", "Its state does not allow that."),
    "RESOURCE_EXHAUSTED": ("LimitError", "A limit is reached; retry after `retryAfterS` seconds."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a result."""

    error: OmsError


def is_refusal(error: OmsError) -> bool:
    """Whether it is answered as a result and not as an error of the field."""
    return error.code.name in _TYPES


def _violations(name: str, keys: tuple[str, ...]) -> GraphQLObjectType:
    fields = {
        key: GraphQLField(GraphQLNonNull(GraphQLString), resolve=attribute(key)) for key in keys
    }
    return GraphQLObjectType(name, fields)


def _many(kind: Any) -> Any:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(kind)))


def _fields() -> dict[str, GraphQLField]:
    def of(read: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
        return reads(lambda refusal: read(refusal.error))

    text = GraphQLNonNull(GraphQLString)
    return {
        "message": GraphQLField(text, resolve=of(lambda e: e.message)),
        "code": GraphQLField(text, resolve=of(lambda e: e.code.name)),
        "reason": GraphQLField(
            text,
            resolve=of(lambda e: e.reason),
            description="Of `oms.common.v1.ErrorReason`, without its prefix.",
        ),
        "metadata": GraphQLField(GraphQLNonNull(JSON), resolve=of(lambda e: e.metadata)),
        "fields": GraphQLField(_many(_FIELD), resolve=of(lambda e: list(e.fields))),
        "preconditions": GraphQLField(
            _many(_PRECONDITION), resolve=of(lambda e: list(e.preconditions))
        ),
        "retryAfterS": GraphQLField(GraphQLFloat, resolve=of(lambda e: e.retry_after_s)),
    }


_FIELD: Final = _violations("FieldViolation", ("field", "description"))
_PRECONDITION: Final = _violations("PreconditionViolation", ("type", "subject", "description"))


class Payloads:
    """The unions of results."""

    def __init__(self) -> None:
        self.interface = GraphQLInterfaceType(
            "Error", _fields, description="Why a mutation was refused."
        )
        self.errors = [self._error(code, name, about) for code, (name, about) in _TYPES.items()]

    def _error(self, code: str, name: str, about: str) -> GraphQLObjectType:
        return GraphQLObjectType(
            name,
            _fields,
            interfaces=[self.interface],
            is_type_of=reads(
                lambda value: isinstance(value, Refusal) and value.error.code.name == code
            ),
            description=about,
        )

    def union(self, name: str, response: GraphQLObjectType) -> GraphQLUnionType:
        """The result of a mutation."""
        return GraphQLUnionType(name, [response, *self.errors])
