"""Reranking over gRPC, by a model that nobody names or loads."""

from __future__ import annotations

from pathlib import Path

from oms.embedding.v1 import embedding_service_pb2 as pb
from oms.embedding.v1 import model_service_pb2 as model_pb
from oms_testing import tiny_model as tiny

from .server import PATIENCE_S, served

_FILE = """
[[models]]
id = "embedding"
[[models.providers]]
kind = "onnx"
source = "{folder}/embedding"

[[models]]
id = "ranking"
[[models.providers]]
kind = "onnx"
source = "{folder}/ranking"
"""


async def test_the_model_that_can_is_found_and_loaded(tmp_path: Path) -> None:
    tiny.write(tmp_path / "embedding")
    tiny.write(tmp_path / "ranking", is_classifier=True)
    (tmp_path / "models.toml").write_text(_FILE.format(folder=tmp_path))
    async with served(tmp_path, models_file=tmp_path / "models.toml") as service:
        can = model_pb.ListModelsRequest(capability=model_pb.MODEL_CAPABILITY_RERANK)
        listed = await service.models().ListModels(can, timeout=PATIENCE_S)
        assert [each.name for each in listed.models] == ["models/ranking"]
        request = pb.RerankRequest(query="w1", documents=["w2", "w3 w4"])
        answer = await service.embedding().Rerank(request, timeout=PATIENCE_S)
        assert answer.served.model == "models/ranking"
        assert {each.index for each in answer.ranking} == {0, 1}
