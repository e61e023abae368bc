"""Whether Redis can be reached.

PostgreSQL and NATS are checked by the services that use them. No service of this version stores
anything in Redis, so it is not required: when it is down the server is degraded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from oms_core.errors import ServiceUnavailable
from oms_rpc import ReadyCheck, Service, ServiceContext

from oms_monolith.settings import DependencySettings

_TIMEOUT_S = 2


class Redis:
    """A client that is connected at the first check, kept, and reconnects by itself."""

    def __init__(self, settings: DependencySettings) -> None:
        self._url = settings.redis_url.get_secret_value()
        self._client: Any = None

    def ready_checks(self) -> Sequence[ReadyCheck]:
        """The check, also when it is not configured."""
        return [ReadyCheck("redis", self._check if self._url else None, is_required=False)]

    async def close(self) -> None:
        """Closes the client. Idempotent."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _check(self) -> None:
        parts = urlsplit(self._url)
        # Not the URL: it holds a password.
        where = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        try:
            await self._ask()
        except Exception as exc:
            raise ServiceUnavailable(
                f"redis at {where} does not answer ({type(exc).__name__}); is it running?",
                metadata={"service": "redis"},
            ) from exc

    async def _ask(self) -> None:
        if self._client is None:
            # The driver takes long to import, which is not spent on the event loop.
            redis: Any = await asyncio.to_thread(import_module, "redis.asyncio")
            self._client = redis.Redis.from_url(
                self._url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
            )
        await self._client.ping()


def closing(redis: Redis, services: Sequence[Service]) -> Sequence[Service]:
    """The services, with the client among the resources that are closed with the first."""
    first, *others = services

    async def setup(ctx: ServiceContext) -> None:
        ctx.stack.push_async_callback(redis.close)
        await first.setup(ctx)

    return [Service(name=first.name, setup=setup), *others]
