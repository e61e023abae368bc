"""`oms.embedding.v1.ModelService`."""

from __future__ import annotations

from typing import Any

from oms.embedding.v1 import model_service_pb2 as pb
from oms.embedding.v1 import model_service_pb2_grpc as pb_grpc
from oms_core.paging import decode_page_token, encode_page_token, page_size

from svc_embedding.convert import capability_from_pb, model_to_pb
from svc_embedding.domain.models import Model, Models


class ModelServicer(pb_grpc.ModelServiceServicer):
    """Shows, loads and unloads models."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def GetModel(self, request: pb.GetModelRequest, context: Any) -> pb.GetModelResponse:
        return pb.GetModelResponse(model=self._shown(self._models.get(request.name)))

    async def ListModels(
        self, request: pb.ListModelsRequest, context: Any
    ) -> pb.ListModelsResponse:
        query = ["models", str(request.capability)]
        cursor = decode_page_token(query, request.page_token, length=1)
        capability = capability_from_pb(request.capability)
        ids = [
            model_id
            for model_id in self._models.ids()
            if (cursor is None or model_id > cursor[0])
            and capability in (None, *self._models.get(model_id).status().capabilities)
        ]
        size = page_size(request.page_size)
        page = ids[:size]
        token = encode_page_token(query, [page[-1]]) if len(ids) > size else ""
        models = [self._shown(self._models.get(model_id)) for model_id in page]
        return pb.ListModelsResponse(models=models, next_page_token=token)

    async def LoadModel(self, request: pb.LoadModelRequest, context: Any) -> pb.LoadModelResponse:
        model = self._models.get(request.name)
        await model.load()
        return pb.LoadModelResponse(model=self._shown(model))

    async def UnloadModel(
        self, request: pb.UnloadModelRequest, context: Any
    ) -> pb.UnloadModelResponse:
        model = self._models.get(request.name)
        await model.unload()
        return pb.UnloadModelResponse(model=self._shown(model))

    def _shown(self, model: Model) -> pb.Model:
        return model_to_pb(model.status(), is_default=model.id == self._models.default)
