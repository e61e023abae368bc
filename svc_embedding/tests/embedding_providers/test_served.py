"""The service with a file of models: providers on this machine, callers over gRPC."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc.aio
import numpy as np
import pytest
import pytest_asyncio
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from oms.embedding.v1 import (
    embedding_service_pb2 as pb,
)
from oms.embedding.v1 import (
    embedding_service_pb2_grpc,
    model_service_pb2_grpc,
)
from oms.embedding.v1 import (
    model_service_pb2 as model_pb,
)
from oms_core.settings import SettingsError
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import ServerSettings
from oms_testing.suite import ADMINISTRATOR, Suite, running_suite, security_settings
from prometheus_client import REGISTRY
from svc_embedding.domain.local_model import BUILT_IN_DIGEST
from svc_embedding.settings import EmbeddingSettings
from svc_embedding.setup import service

from embedding_providers.wire import FAULTS, Apis, WireServer, tokens_of, vector_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

# SHA-256 of nothing that exists: the local model can't be loaded.
_DIGEST = "0" * 64

_FILE = """
default = "small"

[[models]]
id = "text-3-small"
aliases = ["small"]
dimensions = 8
matryoshka_dimensions = [4]
max_tokens = 8191
[[models.providers]]
kind = "openai"
model = "text-embedding-3-small"
base_url = "{address}/first"
allow_private = true
key_file = "{key}"
max_attempts = 1
price_per_million_tokens = 0.5
[[models.providers]]
kind = "openai"
model = "text-embedding-3-small"
base_url = "{address}/second"
allow_private = true
key_file = "{key}"

[[models]]
id = "limited"
dimensions = 8
max_tokens = 8191
quota = {{ tokens_per_day_per_caller = 30 }}
[[models.providers]]
kind = "openai"
model = "m"
base_url = "{address}/limited"
allow_private = true
key_file = "{key}"

[[models]]
id = "mixed"
dimensions = 8
max_tokens = 128
[[models.providers]]
kind = "onnx"
source = "{folder}/none"
digest = "{digest}"
[[models.providers]]
kind = "tei"
model = "m"
source = "none"
revision = "{digest}"
base_url = "{address}/tei"
allow_private = true

[[models]]
id = "local"
dimensions = 384
max_tokens = 256
[[models.providers]]
kind = "onnx"
source = "all-MiniLM-L6-v2"
[[models.providers]]
kind = "tei"
model = "sentence-transformers/all-MiniLM-L6-v2"
revision = "{built_in}"
base_url = "{address}/tei"
allow_private = true
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wire() -> AsyncIterator[WireServer]:
    server = WireServer()
    await server.start()
    server.apis = {
        "/first/": Apis().openai,
        "/second/": Apis().openai,
        "/limited/": Apis().openai,
        "/tei/": Apis().tei,
    }
    yield server
    await server.stop()


def _settings(folder: Path, wire: WireServer) -> EmbeddingSettings:
    (folder / "key").write_text("key-1\n")
    text = _FILE.format(
        address=wire.address,
        key=folder / "key",
        folder=folder,
        digest=_DIGEST,
        built_in=BUILT_IN_DIGEST,
    )
    (folder / "models.toml").write_text(text)
    return EmbeddingSettings(data_dir=folder, models_file=folder / "models.toml")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite(wire: WireServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suite]:
    settings = _settings(tmp_path_factory.mktemp("embedding"), wire)
    hosted = service(settings, PostgresSettings(), outbound=OutboundSettings())
    server = ServerSettings(port=0, grace_s=10.0)
    security = security_settings()
    async with running_suite([hosted], security=security, server=server) as running:
        yield running


def _embedding(suite: Suite) -> Any:
    return embedding_service_pb2_grpc.EmbeddingServiceStub(suite.channel(ADMINISTRATOR))


async def _model(suite: Suite, name: str) -> Any:
    stub = model_service_pb2_grpc.ModelServiceStub(suite.channel(ADMINISTRATOR))
    return (await stub.GetModel(model_pb.GetModelRequest(name=f"models/{name}"))).model


async def test_the_second_provider_answers_for_the_first(suite: Suite, wire: WireServer):
    wire.fails("/first/", FAULTS["503"])
    request = pb.EmbedBatchRequest(texts=["a b", "c"])
    before = (await _model(suite, "text-3-small")).providers[0]
    answer = await _embedding(suite).EmbedBatch(request)
    assert answer.served.model == "models/text-3-small"
    assert answer.served.is_fallback
    assert answer.served.token_count == 7
    assert answer.served.vector_space == "text-embedding-3-small#8"
    vectors = [list(each.vector.values) for each in answer.embeddings]
    np.testing.assert_allclose(vectors, [vector_of(text, 8) for text in ("a b", "c")], atol=1e-6)

    again = await _embedding(suite).EmbedBatch(request)
    assert not again.served.is_fallback
    first, second = (await _model(suite, "small")).providers
    assert first.base_url == f"{wire.address}/first"
    assert first.call_count - before.call_count == 2
    assert first.failure_count - before.failure_count == 1
    assert first.token_count - before.token_count == 7
    assert first.cost_micros - before.cost_micros in {3, 4}
    assert first.is_available
    assert second.call_count >= 1
    labels = {"model": "text-3-small", "provider": "openai", "kind": "http_503"}
    assert REGISTRY.get_sample_value("oms_embedding_provider_failures_total", labels)


async def test_shorter_vectors_are_of_another_space(suite: Suite):
    options = pb.EmbedOptions(model="models/small", dimensions=4)
    answer = await _embedding(suite).Embed(pb.EmbedRequest(text="a", options=options))
    assert answer.served.vector_space == "text-embedding-3-small#4"
    assert answer.embedding.vector.dimensions == 4


async def test_a_quota_that_is_used_up_says_when_it_starts_anew(suite: Suite):
    options = pb.EmbedOptions(model="limited")
    request = pb.EmbedRequest(text="one two three four five", options=options)

    async def use_up() -> None:
        for _ in range(10):
            await _embedding(suite).Embed(request)

    await _embedding(suite).Embed(request)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await use_up()
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "of the caller of 30 tokens a day" in (caught.value.details() or "")
    wait = error_details_pb2.RetryInfo()
    status = rpc_status.from_call(caught.value)  # type: ignore[arg-type]
    assert status is not None
    assert any(detail.Unpack(wait) for detail in status.details)
    assert 0 < wait.retry_delay.seconds <= 86400


async def test_a_local_model_that_can_not_be_loaded_has_others_behind_it(suite: Suite):
    options = pb.EmbedOptions(model="mixed")
    answer = await _embedding(suite).Embed(pb.EmbedRequest(text="a b", options=options))
    assert answer.served.provider == "tei"
    assert answer.served.is_fallback
    model = await _model(suite, "mixed")
    assert [each.provider for each in model.providers] == ["onnx", "tei"]
    assert model.dimensions == 8


async def test_the_file_names_local_models_too(suite: Suite):
    options = pb.EmbedOptions(model="local")
    answer = await _embedding(suite).Embed(pb.EmbedRequest(text="a b", options=options))
    assert answer.served.provider == "onnx"
    assert not answer.served.is_fallback
    assert answer.embedding.vector.dimensions == 384


async def test_tokens_of_others_are_not_shown(suite: Suite):
    request = pb.TokenizeRequest(model="small", texts=["a"])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await _embedding(suite).Tokenize(request)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_openai_clients_get_what_openai_answered(suite: Suite):
    request = pb.CreateEmbeddingsRequest()
    request.body.data = json.dumps({"model": "small", "input": ["a b"]}).encode()
    answer = await _embedding(suite).CreateEmbeddings(request)
    body = json.loads(answer.body.data)
    np.testing.assert_allclose(body["data"][0]["embedding"], vector_of("a b", 8), atol=1e-6)
    assert body["usage"]["prompt_tokens"] == tokens_of("a b")


async def test_a_file_that_can_not_be_used_stops_the_start(wire: WireServer, tmp_path: Path):
    settings = _settings(tmp_path, wire)
    (tmp_path / "key").unlink()
    with pytest.raises(SettingsError, match=r"model 'text-3-small': providers\[0\]\.key_file"):
        service(settings, PostgresSettings(), outbound=OutboundSettings())
