"""Errors of fields, as they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc.aio
from graphql import GraphQLError
from oms_core.errors import OmsError
from oms_rpc.errors import from_rpc_error

from svc_graphql.execution.documents import syntax_error
from svc_graphql.transport.errors import to_graphql


def oms_error_of(error: BaseException | None) -> OmsError | None:
    """The typed error that an error stands for; None when it stands for none."""
    if isinstance(error, OmsError):
        return error
    if isinstance(error, grpc.aio.AioRpcError):
        return from_rpc_error(error)
    return None


def format_error(
    error: GraphQLError, told: Callable[[BaseException], BaseException]
) -> dict[str, Any]:
    """A field error: where it happened, and what.

    Args:
        error: What execution reports.
        told: Turns what is unforeseen into an error that may be told.
    """
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    if original is None:
        formatted = syntax_error(error)
    else:
        typed = oms_error_of(original) or told(original)
        assert isinstance(typed, OmsError), "told makes typed errors"
        formatted = to_graphql(typed)
        if error.locations:
            formatted["locations"] = [
                {"line": place.line, "column": place.column} for place in error.locations[:10]
            ]
    if error.path:
        formatted["path"] = list(error.path)
    return formatted
