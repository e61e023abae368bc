"""Calls of other services: their errors, and on whose behalf they are."""

from __future__ import annotations

import contextvars
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from typing import Any

import grpc.aio
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms_core.call import current_call
from oms_rpc.errors import from_rpc_error


@contextmanager
def rpc_errors() -> Generator[None]:
    """Raises what a call answered as an `OmsError`."""
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


def as_caller() -> list[tuple[str, str]]:
    """Metadata that makes a call the caller's own: the peer checks what the caller may do."""
    call = current_call()
    if call is None or call.identity is None:
        return []
    return [("authorization", f"Bearer {call.identity.token}")]


def watch_commits(channel: Any) -> Callable[[Any], AsyncIterator[Any]]:
    """What opens streams of commits as this service: outside of the call being served."""
    stub: Any = commit_grpc.CommitServiceStub(channel)
    return lambda request: contextvars.Context().run(stub.WatchCommits, request)
