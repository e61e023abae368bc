"""The real embedding service with its whole chain, and callers of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc.aio
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from oms.embedding.v1 import embedding_service_pb2_grpc, model_service_pb2_grpc
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import ServerSettings
from oms_testing.suite import ADMINISTRATOR, Suite, running_suite, security_settings
from svc_embedding.settings import EmbeddingSettings
from svc_embedding.setup import service

PATIENCE_S = 90.0


@dataclass(frozen=True)
class Served:
    """A running service."""

    suite: Suite

    def embedding(self, role: str = ADMINISTRATOR) -> Any:
        return embedding_service_pb2_grpc.EmbeddingServiceStub(self.suite.channel(role))

    def models(self, role: str = ADMINISTRATOR) -> Any:
        return model_service_pb2_grpc.ModelServiceStub(self.suite.channel(role))


@asynccontextmanager
async def served(folder: Path, **settings: Any) -> AsyncIterator[Served]:
    """The service on a free port. `settings` are fields of EmbeddingSettings."""
    security = security_settings()
    hosted = service(
        EmbeddingSettings(data_dir=folder, **settings),
        PostgresSettings(),
        outbound=OutboundSettings(),
    )
    server = ServerSettings(port=0, grace_s=10.0)
    async with running_suite([hosted], security=security, server=server) as suite:
        yield Served(suite)


@dataclass(frozen=True)
class Fault:
    """What a failed call said."""

    code: str
    reason: str
    metadata: dict[str, str]
    fields: Sequence[str]
    retry_s: float | None
    message: str


async def failing(call: Any) -> Fault:
    """Awaits a call that has to fail."""
    try:
        await call
    except grpc.aio.AioRpcError as exc:
        return _fault(exc)
    raise AssertionError("it did not fail")


def _fault(error: grpc.aio.AioRpcError) -> Fault:
    status: status_pb2.Status | None = rpc_status.from_call(error)  # type: ignore[arg-type]
    reason, metadata, fields, retry = "", {}, [], None
    for detail in status.details if status else ():
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        wait = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            fields = [each.field for each in bad.field_violations]
        elif detail.Unpack(wait):
            retry = wait.retry_delay.ToTimedelta().total_seconds()
    return Fault(error.code().name, reason, metadata, fields, retry, error.details() or "")
