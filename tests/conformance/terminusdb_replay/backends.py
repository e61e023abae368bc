"""The backends at hand, each behind a real server in this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

import grpc.aio
from oms_testing.suite import running_suite, security_settings
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service


@asynccontextmanager
async def serving_kernel(settings: KernelSettings) -> AsyncGenerator[grpc.aio.Channel]:
    """A kernel with these settings, and a channel of an administrator to it."""
    async with running_suite([service(settings)], security=security_settings()) as suite:
        yield suite.channel()


@asynccontextmanager
async def sqlite() -> AsyncGenerator[grpc.aio.Channel]:
    """The embedded backend, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="oms-conformance-", dir=_memory()) as folder:
        async with serving_kernel(KernelSettings(data_dir=Path(folder))) as channel:
            yield channel


def _memory() -> Path | None:
    """A folder in memory, where there is one: durability is not what is tested here."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None


Backend: TypeAlias = Callable[[], AbstractAsyncContextManager[grpc.aio.Channel]]
BACKENDS: Final[Mapping[str, Backend]] = {"sqlite": sqlite}
