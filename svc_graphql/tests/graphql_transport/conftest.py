"""One running GraphQL service whose peers are not there, for all tests of the folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest_asyncio
from oms_testing.suite import Suite, running_suite, security_settings
from svc_graphql.settings import GraphqlSettings
from svc_graphql.setup import service

LIMITS = {"max_body_bytes": 20_000, "max_tokens": 600, "max_depth": 8, "max_aliases": 5}


@dataclass(frozen=True)
class Served:
    """Where the service answers."""

    suite: Suite
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def served() -> AsyncIterator[Served]:
    settings = GraphqlSettings(
        port=0, init_timeout_s=1.0, max_caller_sessions=3, max_operations=2, **LIMITS
    )
    async with running_suite([service(settings)], security=security_settings()) as suite:
        yield Served(suite, suite.server.http_ports["graphql"])


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def http(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client
