"""Composition of the GraphQL service."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from oms_rpc import Service, ServiceContext

from svc_graphql.execution.context import Context
from svc_graphql.execution.engine import MetamodelEngine
from svc_graphql.execution.topics import Topics
from svc_graphql.generated.serving import OntologySchemas
from svc_graphql.settings import GraphqlSettings
from svc_graphql.transport.app import App
from svc_graphql.transport.documents import Documents
from svc_graphql.transport.engine import Caller, Endpoint, Endpoints
from svc_graphql.transport.http import GraphqlOverHttp
from svc_graphql.transport.listener import Listener, listen
from svc_graphql.transport.page import Page
from svc_graphql.transport.running import Running
from svc_graphql.transport.sessions import Sessions
from svc_graphql.transport.websocket import GraphqlOverWebSocket, WebSocketLimits


def service(settings: GraphqlSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    documents = Documents.load(settings.documents_file, is_exclusive=settings.documents_only)
    return Service(name="graphql", setup=partial(_setup, settings=settings, documents=documents))


async def _setup(ctx: ServiceContext, *, settings: GraphqlSettings, documents: Documents) -> None:
    sessions = Sessions(limit=settings.max_sessions, caller_limit=settings.max_caller_sessions)
    topics = Topics(max_queued=settings.max_queued)
    ctx.stack.push_async_callback(topics.close)
    metamodel = _metamodel(ctx, settings, sessions, topics)
    running = Running(
        Endpoints(metamodel, named_endpoint(ctx, settings, topics)),
        ctx.authenticator,
        timeout_s=settings.timeout_s,
        tracer=ctx.tracer,
    )
    http = GraphqlOverHttp(
        running,
        documents,
        max_body_bytes=settings.max_body_bytes,
        max_batch=settings.max_batch,
        keepalive_s=settings.keepalive_s,
    )
    limits = WebSocketLimits(
        init_timeout_s=settings.init_timeout_s,
        expiry_notice_s=settings.expiry_notice_s,
        stalled_s=settings.stalled_s,
        max_operations=settings.max_operations,
    )
    websocket = GraphqlOverWebSocket(running, documents, sessions, limits, ctx.clock)

    def on_stop() -> None:
        http.end_streams()
        sessions.end_all("the server is stopping; connect again")

    listener = Listener(
        App(http, websocket, Page() if settings.page else None),
        listen(settings.host, settings.port, is_shared=settings.workers > 1),
        keepalive_s=settings.keepalive_s,
        max_message_bytes=settings.max_body_bytes,
        grace_s=settings.grace_s,
        on_stop=on_stop,
    )
    ctx.stack.callback(listener.close)
    ctx.publish_http_port(listener.port)
    ctx.add_worker("http", listener.run)
    ctx.add_worker("warm-up", partial(_warm_up, metamodel, settings.warm_up_s))


def named_endpoint(
    ctx: ServiceContext, settings: GraphqlSettings, topics: Topics
) -> Endpoint | None:
    """What serves `/graphql/{name}`: the schema of each ontology."""
    ontologies = OntologySchemas(ctx, settings, topics)
    ctx.stack.push_async_callback(ontologies.close)
    ctx.add_worker("schemas", ontologies.run)
    return ontologies


def _metamodel(
    ctx: ServiceContext, settings: GraphqlSettings, sessions: Sessions, topics: Topics
) -> MetamodelEngine:
    def load() -> Any:
        from svc_graphql.execution.limits import Limits
        from svc_graphql.schema.loading import load as build

        return build(
            Limits(
                max_tokens=settings.max_tokens,
                max_depth=settings.max_depth,
                max_aliases=settings.max_aliases,
                max_cost=settings.max_cost,
            )
        )

    def context(caller: Caller) -> Context:
        return Context(caller=caller, channel=ctx.channel, sessions=sessions, topics=topics)

    return MetamodelEngine(load, context, is_introspection_public=settings.is_introspection_public)


async def _warm_up(engine: MetamodelEngine, after_s: float) -> None:
    await asyncio.sleep(after_s)
    await engine.warm_up()
