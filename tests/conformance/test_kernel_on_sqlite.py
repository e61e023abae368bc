"""The kernel's conformance suite over the embedded SQLite store."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import grpc.aio
import pytest
from oms_testing.kernel_conformance import KernelConformance
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service


class TestSqliteKernel(KernelConformance):
    """SQLite does everything: nothing is excluded."""

    @pytest.fixture
    async def channel(self, tmp_path: Path) -> AsyncGenerator[grpc.aio.Channel]:
        services = [service(KernelSettings(data_dir=tmp_path))]
        async with running_suite(services, security=security_settings()) as suite:
            yield suite.channel()
