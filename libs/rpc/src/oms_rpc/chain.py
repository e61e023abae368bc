"""The chain that every call passes, compiled once per method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc
from oms_rpc.stages import (
    audit,
    authentication,
    authorisation,
    deadline,
    errors,
    fencing,
    handler,
    log,
    metrics,
    request_id,
    tracing,
    validation,
)

Stage = Callable[[Method, Parts, Run], Run]

# From the outside in. The handler comes after the last one.
CHAIN: list[tuple[str, Stage]] = [
    ("request id", request_id.stage),  # first: everything below names the call by it
    ("tracing", tracing.stage),  # the span covers, and its id appears in, all that follows
    ("log", log.stage),  # outside of errors: the line needs the final status
    ("metrics", metrics.stage),  # outside of errors: the counter needs the final status
    ("errors", errors.stage),  # outside of all that raises, so that nothing unmapped leaves
    ("authentication", authentication.stage),  # before any work is spent on a stranger
    ("deadline", deadline.stage),  # covers all that may take long from here on
    ("authorisation", authorisation.stage),  # needs the caller; before the request is parsed
    ("fencing", fencing.stage),  # only who may call moves the mark; before anything is done
    ("validation", validation.stage),  # only callers with the permission learn about rules
    ("audit", audit.stage),  # records calls that reach the handler, with their valid request
]

Entry = Callable[[Any, Any], Any]


def compile_method(method: Method, parts: Parts) -> Entry:
    """Folds the chain around a method's handler.

    Returns:
        A coroutine function `(request, context)`, the same for all four shapes: the
        request is bytes or an asynchronous iterator of bytes; the answer is bytes, or
        None when responses were written to the context.
    """
    run = handler.invoke(method, parts)
    for _, stage in reversed(CHAIN):
        run = stage(method, parts, run)

    async def entry(request: Any, context: Any) -> Any:
        return await run(Rpc(method, context), request)

    return entry


def rpc_method_handler(method: Method, entry: Entry) -> Any:
    """What grpcio registers for a compiled method. Bytes in, bytes out."""
    make = getattr(grpc, f"{method.shape}_rpc_method_handler")
    return make(entry)
