"""The embedding service with its whole chain, tiny models, and a kernel beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oms.embedding.v1.index_service_pb2_grpc import IndexServiceStub
from oms.embedding.v1.search_service_pb2_grpc import SearchServiceStub
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Service, ServiceContext, Topology
from oms_security import SecuritySettings
from oms_testing.suite import Suite, running_suite, security_settings
from pydantic import SecretStr
from svc_embedding.domain.models import Models
from svc_embedding.index_settings import IndexSettings
from svc_embedding.indexing import add_indexes
from svc_embedding.resources import Resources
from svc_embedding.settings import EmbeddingSettings

from .tiny import TinyModel


@dataclass(frozen=True)
class Served:
    """A running service and its models."""

    suite: Suite
    tiny: TinyModel
    other: TinyModel

    def indexes(self, role: str = "administrator") -> Any:
        return IndexServiceStub(self.suite.channel(role))

    def search(self, role: str = "administrator") -> Any:
        return SearchServiceStub(self.suite.channel(role))


@asynccontextmanager
async def served(
    folder: Path,
    *,
    postgres: str = "",
    kernel: str = "",
    security: SecuritySettings | None = None,
    **settings: Any,
) -> AsyncGenerator[Served]:
    """The service on a free port.

    Args:
        postgres: Left out: the indexes lie in the folder.
        kernel: Address of a kernel; left out: there is none.
        settings: Fields of `IndexSettings`.
    """
    tiny, other = TinyModel("tiny"), TinyModel("other", dimensions=16, seed=99)

    async def setup(ctx: ServiceContext) -> None:
        resources = Resources(
            EmbeddingSettings(data_dir=folder),
            PostgresSettings(url=SecretStr(postgres), pool_size=5),
            OutboundSettings(),
            IndexSettings(**settings),
        )
        add_indexes(ctx, Models([tiny, other]), resources)

    topology = Topology(addresses={"datakernel": kernel or "127.0.0.1:1"})
    async with running_suite(
        [Service(name="embedding", setup=setup)],
        security=security or security_settings(),
        topology=topology,
    ) as suite:
        yield Served(suite, tiny, other)
