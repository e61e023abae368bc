"""Composition of the embedding service."""

from __future__ import annotations

from functools import partial

from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Service, ServiceContext

from svc_embedding.domain.models import Models
from svc_embedding.embedding import add_embedding, local_models, model_of_settings
from svc_embedding.resources import Resources
from svc_embedding.settings import EmbeddingSettings


def service(
    settings: EmbeddingSettings,
    postgres: PostgresSettings | None = None,
    *,
    outbound: OutboundSettings | None = None,
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        postgres: Where PostgreSQL is. Left out: read from the environment.
        outbound: What providers may be reached. Left out: read from the environment.
    """
    resources = Resources(settings, postgres or PostgresSettings(), outbound or OutboundSettings())
    return Service(name="embedding", setup=partial(_setup, resources=resources))


async def _setup(ctx: ServiceContext, resources: Resources) -> None:
    local = local_models(ctx, resources.settings)
    models = Models([local.add(model_of_settings(resources.settings))])
    add_embedding(ctx, models)
