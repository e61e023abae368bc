"""The kernel's conformance suite over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import grpc.aio
import pytest
from oms_testing.kernel_conformance import KernelConformance
from oms_testing.suite import running_suite, security_settings
from pydantic import SecretStr
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service


class TestPostgresqlKernel(KernelConformance):
    """PostgreSQL does everything: nothing is excluded."""

    @pytest.fixture
    async def channel(self, postgresql_database: str) -> AsyncGenerator[grpc.aio.Channel]:
        services = [service(KernelSettings(url=SecretStr(postgresql_database)))]
        async with running_suite(services, security=security_settings()) as suite:
            yield suite.channel()
