"""Composition of embedding: the models that run here, and the services that use them."""

from __future__ import annotations

from oms.embedding.v1 import embedding_service_pb2_grpc as embedding_grpc
from oms.embedding.v1 import model_service_pb2_grpc as model_grpc
from oms_rpc import ServiceContext

from svc_embedding.adapters.onnx.models import LocalModels
from svc_embedding.domain.local_model import (
    Device,
    LocalModelConfig,
    Precision,
    id_of_source,
)
from svc_embedding.domain.models import Models
from svc_embedding.servicers.embedding_servicer import EmbeddingServicer
from svc_embedding.servicers.model_servicer import ModelServicer
from svc_embedding.settings import EmbeddingSettings


def local_models(ctx: ServiceContext, settings: EmbeddingSettings) -> LocalModels:
    """What makes local models; they are closed with the server."""
    models = LocalModels(
        settings.data_dir / "embedding" / "hub",
        ctx.clock,
        threads=settings.threads,
        batch_tokens=settings.batch_tokens,
        queue_tokens=settings.queue_tokens,
    )
    ctx.stack.push_async_callback(models.close)
    # Not required: what has nothing to do with meaning is served without a model.
    ctx.add_ready_check("models", models.check, is_required=False)
    if settings.is_preloaded:
        ctx.add_worker("preload", models.preload)
    return models


def model_of_settings(settings: EmbeddingSettings) -> LocalModelConfig:
    """The one local model that `EmbeddingSettings` describes."""
    return LocalModelConfig(
        id=id_of_source(settings.model),
        source=settings.model,
        revision=settings.revision,
        digest=settings.digest,
        precision=Precision(settings.precision),
        device=Device(settings.device),
        is_fallback_allowed=settings.is_fallback_allowed,
    )


def add_embedding(ctx: ServiceContext, models: Models) -> None:
    """Registers EmbeddingService and ModelService."""
    embedding = EmbeddingServicer(models)
    ctx.add_servicer(embedding_grpc.add_EmbeddingServiceServicer_to_server, embedding)
    ctx.add_servicer(model_grpc.add_ModelServiceServicer_to_server, ModelServicer(models))
