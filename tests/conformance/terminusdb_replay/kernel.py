"""The kernel's public API as the replayer calls it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable
from dataclasses import dataclass, field
from typing import Any, Final

import grpc.aio
from oms.datakernel.v1 import (
    branch_service_pb2_grpc,
    commit_service_pb2_grpc,
    database_service_pb2_grpc,
    diff_service_pb2_grpc,
    history_service_pb2_grpc,
    maintenance_service_pb2_grpc,
    model_document_service_pb2_grpc,
    query_service_pb2_grpc,
    schema_service_pb2_grpc,
    triple_service_pb2_grpc,
)
from oms_rpc.errors import from_rpc_error

NO_BODY: Final = object()
"""An answer whose content is not compared: there is nothing in it but that it succeeded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with.

    Args:
        body: As `exact_json` parses it; a stream as a list of its values.
        commit: Commit written or read; empty where none was.
        expected: The recorded body brought into the form of `body`; None for as it is.
    """

    body: Any = NO_BODY
    data_version: str = ""
    commit: str = ""
    expected: Any = None


class NotOffered(Exception):
    """The request has no counterpart in the kernel's API."""


@dataclass(slots=True)
class Kernel:
    """Stubs of every service, and the database of a case."""

    channel: grpc.aio.Channel
    database: str
    _stubs: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """Resource name of the database."""
        return f"databases/{self.database}"

    def __getattr__(self, service: str) -> Any:
        """A stub, such as `kernel.QueryService`."""
        for module in _MODULES:
            stub = getattr(module, f"{service}Stub", None)
            if stub is not None:
                return stub(self.channel)
        raise AttributeError(service)


_MODULES: Final = (
    branch_service_pb2_grpc,
    commit_service_pb2_grpc,
    database_service_pb2_grpc,
    diff_service_pb2_grpc,
    history_service_pb2_grpc,
    maintenance_service_pb2_grpc,
    model_document_service_pb2_grpc,
    query_service_pb2_grpc,
    schema_service_pb2_grpc,
    triple_service_pb2_grpc,
)


async def call(pending: Awaitable[Any]) -> Any:
    """Waits for an answer.

    Raises:
        OmsError: the call was refused.
    """
    try:
        return await pending
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


@dataclass(frozen=True, slots=True)
class Received:
    """A body in pieces put together, and the metadata it came with."""

    data: bytes
    metadata: dict[str, str]


async def receive(stream: Any) -> Received:
    """Takes in a stream of bodies.

    Raises:
        OmsError: the call was refused, or broke off.
    """
    messages: AsyncIterable[Any] = stream
    try:
        parts = [message.body.data async for message in messages]
        metadata = {str(key): str(value) for key, value in await stream.initial_metadata()}
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc
    return Received(b"".join(parts), metadata)


async def receive_one(pending: Any) -> Received:
    """Takes in a single body."""
    response = await call(pending)
    metadata = {str(key): str(value) for key, value in await pending.initial_metadata()}
    return Received(response.body.data, metadata)
