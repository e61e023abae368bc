"""Puts the schemas of ontologies together when one is asked for: graphql-core takes a while."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from oms_rpc import ServiceContext

from svc_graphql.execution.topics import Topics
from svc_graphql.settings import GraphqlSettings
from svc_graphql.transport.engine import Caller, Engine

if TYPE_CHECKING:
    from svc_graphql.generated.endpoint import GeneratedEndpoint


class OntologySchemas:
    """Implements `Endpoint`."""

    def __init__(self, ctx: ServiceContext, settings: GraphqlSettings, topics: Topics) -> None:
        self._ctx = ctx
        self._settings = settings
        self._topics = topics
        self._lock = asyncio.Lock()
        self._made = asyncio.Event()
        self._endpoint: GeneratedEndpoint | None = None

    async def engine(self, name: str, caller: Caller) -> Engine:
        """See `Endpoint.engine`."""
        async with self._lock:
            if self._endpoint is None:
                # In a thread, so that importing does not hold up everybody else.
                await asyncio.to_thread(import_module, "svc_graphql.generated.endpoint")
                self._endpoint = self._make()
                self._made.set()
        return await self._endpoint.engine(name, caller)

    async def run(self) -> None:
        """Makes schemas anew when branches move. Ends only by being cancelled."""
        await self._made.wait()
        assert self._endpoint is not None
        await self._endpoint.following.run()

    async def close(self) -> None:
        """Ends what is being compiled."""
        if self._endpoint is not None:
            await self._endpoint.schemas.close()

    def _make(self) -> GeneratedEndpoint:
        from svc_graphql.adapters.calls import watch_commits
        from svc_graphql.adapters.ontologies import OntologyReader
        from svc_graphql.execution.commits import Commits
        from svc_graphql.execution.limits import Limits
        from svc_graphql.generated.endpoint import GeneratedEndpoint
        from svc_graphql.generated.following import Following
        from svc_graphql.generated.schemas import Schemas

        settings = self._settings
        limits = Limits(
            max_tokens=settings.max_tokens,
            max_depth=settings.max_depth,
            max_aliases=settings.max_aliases,
            max_cost=settings.max_cost,
        )
        channel, kernel = self._ctx.channel("api"), self._ctx.channel("datakernel")
        reader = OntologyReader(channel)
        schemas = Schemas(reader, limits, max_types=settings.max_schema_types)
        return GeneratedEndpoint(
            channel=channel,
            reader=reader,
            schemas=schemas,
            following=Following(kernel, self._ctx.clock, schemas.at),
            commits=partial(Commits, watch_commits(kernel), self._topics),
            is_introspection_public=settings.is_introspection_public,
            max_objects=settings.max_objects,
        )
