"""The backends at hand, each behind a real server in this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TypeAlias

import grpc.aio
from oms_devstack import running_stack
from oms_testing.postgresql import new_database
from oms_testing.suite import running_suite, security_settings
from pydantic import SecretStr
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
        settings = KernelSettings(data_dir=Path(folder), terminusdb_endpoint="")
        async with serving_kernel(settings) as channel:
            yield channel


def _memory() -> Path | None:
    """A folder in memory, where there is one: durability is not what is tested here."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None


@asynccontextmanager
async def postgresql() -> AsyncGenerator[grpc.aio.Channel]:
    """PostgreSQL: the server of `DATABASE_URL`, or one of the devstack's own."""
    with tempfile.TemporaryDirectory(prefix="oms-conformance-", dir=_memory()) as folder:
        async with AsyncExitStack() as stack:
            server = os.environ.get("DATABASE_URL", "")
            if not server:
                started = running_stack(Path(folder), only={"postgresql"}, is_durable=False)
                server = (await stack.enter_async_context(started)).urls["DATABASE_URL"]
            url = await stack.enter_async_context(new_database(server))
            settings = KernelSettings(url=SecretStr(url), terminusdb_endpoint="")
            yield await stack.enter_async_context(serving_kernel(settings))


@asynccontextmanager
async def terminusdb() -> AsyncGenerator[grpc.aio.Channel]:
    """The TerminusDB server of `TERMINUSDB_ENDPOINT`."""
    with tempfile.TemporaryDirectory(prefix="oms-conformance-", dir=_memory()) as folder:
        # The other settings of the server come from the environment, as in production.
        async with serving_kernel(KernelSettings(data_dir=Path(folder))) as channel:
            yield channel


Backend: TypeAlias = Callable[[], AbstractAsyncContextManager[grpc.aio.Channel]]


def backends_at_hand() -> Mapping[str, Backend]:
    """Every backend that can be tried here, by name."""
    found: dict[str, Backend] = {"sqlite": sqlite, "postgresql": postgresql}
    if os.environ.get("TERMINUSDB_ENDPOINT"):
        found["terminusdb"] = terminusdb
    return found
