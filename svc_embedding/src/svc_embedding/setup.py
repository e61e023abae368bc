"""Composition of the embedding service."""

from __future__ import annotations

from functools import partial

from oms_rpc import Service, ServiceContext

from svc_embedding.settings import EmbeddingSettings


def service(settings: EmbeddingSettings) -> Service:
    """The service, ready to be hosted alone or beside others."""
    return Service(name="embedding", setup=partial(_setup, settings=settings))


async def _setup(ctx: ServiceContext, settings: EmbeddingSettings) -> None:
    """Registers nothing: the server itself answers health, reflection and channelz."""
