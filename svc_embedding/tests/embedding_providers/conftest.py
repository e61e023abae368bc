"""A clock that is moved by hand, and providers on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from oms_outbound import OutboundClient, OutboundPolicy, OutboundRequest, OutboundTimeout
from svc_embedding.adapters.model_keys import ModelsFile
from svc_embedding.adapters.providers.factory import configured_models, providers_policy
from svc_embedding.domain.model_config import ModelsConfig, RemoteProvider
from svc_embedding.domain.models import Models
from svc_embedding.domain.providers.policy import Runtime

from embedding_providers.wire import WireServer

_START = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock:
    """A clock that moves when somebody sleeps, and when it is told to."""

    def __init__(self) -> None:
        self._seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return _START + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self._seconds + seconds
        await asyncio.sleep(0)
        self._seconds = max(self._seconds, until)


class ImpatientClient(OutboundClient):
    """Times out when the server says that it won't answer, and not a moment before."""

    def __init__(self, policy: OutboundPolicy, server: WireServer) -> None:
        super().__init__(policy)
        self._server = server

    async def send(self, request: OutboundRequest) -> Any:
        self._server.hung.clear()
        sending = asyncio.ensure_future(super().send(request))
        hanging = asyncio.ensure_future(self._server.hung.wait())
        try:
            await asyncio.wait({sending, hanging}, return_when=asyncio.FIRST_COMPLETED)
            if hanging.done():
                raise OutboundTimeout("127.0.0.1", "response", request.timeout_s or 0.0)
            return await sending
        finally:
            sending.cancel()
            hanging.cancel()
            await asyncio.gather(sending, hanging, return_exceptions=True)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def runtime(clock: HandClock) -> Runtime:
    return Runtime(clock, clock.sleep, lambda: 1.0)


@pytest.fixture
async def server() -> AsyncGenerator[WireServer]:
    server = WireServer()
    await server.start()
    yield server
    await server.stop()


def _file(server: WireServer, tables: dict[str, Any]) -> ModelsFile:
    """The configuration, with every provider's own address moved to the server."""
    for model in tables["models"]:
        for provider in model["providers"]:
            if provider["kind"] != "onnx":
                provider.setdefault("allow_private", True)
                provider.setdefault("timeout_s", 60)
                path = provider.pop("path", "")
                provider["base_url"] = f"{server.address}{path}"
    config = ModelsConfig.model_validate(tables)
    keys = {
        (at, place): "" if not getattr(provider, "key_env", "") else "key-1"
        for at, model in enumerate(config.models)
        for place, provider in enumerate(model.providers)
    }
    for at, model in enumerate(config.models):
        for place, provider in enumerate(model.providers):
            if isinstance(provider, RemoteProvider) and provider.key_file is not None:
                keys[at, place] = provider.key_file.read_text()
    return ModelsFile(Path("models.toml"), config, keys)


Open = Callable[..., Models]


@pytest.fixture
async def open_models(server: WireServer, runtime: Runtime) -> AsyncGenerator[Open]:
    """Makes models out of tables; their providers are below paths of the server."""
    async with AsyncExitStack() as stack:
        # Reading the authorities of TLS takes longer than all the rest.
        clients: dict[tuple[OutboundPolicy, bool], OutboundClient] = {}

        def open_(tables: dict[str, Any], *, local: Any = None, impatient: bool = True) -> Models:
            file = _file(server, tables)
            policy = providers_policy(file, OutboundPolicy())
            client = clients.get((policy, impatient))
            if client is None:
                client = ImpatientClient(policy, server) if impatient else OutboundClient(policy)
                clients[policy, impatient] = client
                stack.push_async_callback(client.close)
            return configured_models(file, client=client, local=local, runtime=runtime)

        yield open_
