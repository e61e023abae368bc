"""Composition of the embedding service."""

from __future__ import annotations

from functools import partial

from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Service, ServiceContext

from svc_embedding.domain.models import Models
from svc_embedding.embedding import add_embedding, local_models, model_of_settings
from svc_embedding.index_settings import IndexSettings
from svc_embedding.indexing import add_indexes
from svc_embedding.remote import file_of_settings, models_of_file
from svc_embedding.resources import Resources
from svc_embedding.settings import EmbeddingSettings


def service(
    settings: EmbeddingSettings,
    postgres: PostgresSettings | None = None,
    *,
    outbound: OutboundSettings | None = None,
    indexes: IndexSettings | None = None,
) -> Service:
    """The service, ready to be hosted alone or beside others.

    Args:
        postgres: Where PostgreSQL is. Left out: read from the environment.
        outbound: What providers may be reached. Left out: read from the environment.
        indexes: Where vector indexes are. Left out: read from the environment.
    Raises:
        SettingsError: the file of models, or a key that it names, can't be used.
    """
    outbound = outbound or OutboundSettings()
    resources = Resources(
        settings,
        postgres or PostgresSettings(),
        outbound,
        indexes or IndexSettings(),
        file_of_settings(settings, outbound),
    )
    return Service(name="embedding", setup=partial(_setup, resources=resources))


async def _setup(ctx: ServiceContext, resources: Resources) -> None:
    local = local_models(ctx, resources.settings)
    if resources.models is None:
        models = Models([local.add(model_of_settings(resources.settings))])
    else:
        models = models_of_file(ctx, resources.models, local.add)
    add_embedding(ctx, models)
    add_indexes(ctx, models, resources)
