"""What is wrong is told, by field, and the service goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from oms.embedding.v1 import embedding_service_pb2 as pb
from oms.embedding.v1 import model_service_pb2 as model_pb

from .server import PATIENCE_S, Fault, Served, failing, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAN, INFINITE = float("nan"), float("inf")


def _vector(*values: float, **fields: Any) -> pb.Comparable:
    return pb.Comparable(vector=pb.Vector(values=values, **fields))


def _packed(data: bytes, encoding: int, **fields: Any) -> pb.Comparable:
    return pb.Comparable(vector=pb.Vector(packed=data, encoding=encoding, **fields))


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (pb.EmbedRequest(text=""), ["text"]),
        (pb.EmbedRequest(text=" \n\t\u3000"), ["text[0]"]),
        (pb.EmbedRequest(text="x" * (1024 * 1024 + 1)), ["text"]),
        (pb.EmbedRequest(text="x", options=pb.EmbedOptions(dimensions=-1)), ["options.dimensions"]),
        (pb.EmbedRequest(text="x", options=pb.EmbedOptions(dimensions=64)), ["options.dimensions"]),
        (pb.EmbedRequest(text="x", options=pb.EmbedOptions(encoding=99)), ["options.encoding"]),
        (pb.EmbedRequest(text="\x00\x01"), ["texts[0]"]),
        (pb.EmbedBatchRequest(), ["texts"]),
        (pb.EmbedBatchRequest(texts=["a", "", "b"]), ["texts[1]"]),
        (pb.EmbedBatchRequest(texts=["a"] * 4097), ["texts"]),
        (pb.EmbedBatchRequest(texts=["x" * 1_000_000] * 17), ["texts"]),
        (pb.SimilarityRequest(), ["sources"]),
        (pb.SimilarityRequest(sources=[pb.Comparable()]), ["sources[0]"]),
        (
            pb.SimilarityRequest(
                sources=[pb.Comparable(text="a")], targets=[pb.Comparable(text=" ")]
            ),
            ["targets[0]"],
        ),
        (pb.TokenizeRequest(texts=["a", " "]), ["texts[1]"]),
        (pb.TokenizeRequest(texts=["x" * 1_000_000] * 2), ["texts"]),
        (pb.RerankRequest(query=" ", documents=["d"]), ["query[0]"]),
        (pb.RerankRequest(query="q", documents=["d", "\n"]), ["documents[1]"]),
    ],
)
async def test_a_field_at_fault_is_named(service: Served, request_: Any, fields: Any) -> None:
    method = type(request_).__name__.removesuffix("Request")
    fault = await failing(getattr(service.embedding(), method)(request_, timeout=PATIENCE_S))
    assert (fault.code, fault.reason, fault.fields) == ("INVALID_ARGUMENT", "INVALID_FIELD", fields)


@pytest.mark.parametrize(
    ("sources", "index"),
    [
        ([_vector(1, NAN)], 0),
        ([_vector(1, 2), _vector(INFINITE, 1)], 1),
        ([_vector(1, 2), _vector(1, 2, 3)], 1),
        ([_vector(1, 2), _vector(0, 0)], 1),
        ([_vector()], 0),
        ([_vector(1, 2, dimensions=3)], 0),
        ([_packed(b"123", pb.VECTOR_ENCODING_PACKED_FLOAT32)], 0),
        ([_packed(b"12", pb.VECTOR_ENCODING_FLOAT16, dimensions=2)], 0),
        ([_packed(b"\x00\x00\xc0\x7f", pb.VECTOR_ENCODING_PACKED_FLOAT32)], 0),
        ([_packed(b"\x01", pb.VECTOR_ENCODING_INT8, scale=INFINITE)], 0),
        ([_packed(b"\x01", pb.VECTOR_ENCODING_BINARY, dimensions=9)], 0),
        ([_packed(b"\x01" * 2049, pb.VECTOR_ENCODING_BINARY)], 0),
        ([pb.Comparable(text="a"), _vector(1, 2)], 1),
    ],
)
async def test_a_vector_at_fault_is_named(service: Served, sources: Any, index: int) -> None:
    request = pb.SimilarityRequest(sources=sources)
    fault = await failing(service.embedding().Similarity(request, timeout=PATIENCE_S))
    assert (fault.code, fault.reason) == ("INVALID_ARGUMENT", "INVALID_VECTOR")
    assert fault.metadata["index"] == str(index)


async def test_an_unknown_model_is_not_found(service: Served) -> None:
    options = pb.EmbedOptions(model="models/other")
    for call in (
        service.embedding().Embed(pb.EmbedRequest(text="x", options=options), timeout=PATIENCE_S),
        service.embedding().Tokenize(pb.TokenizeRequest(texts=["x"], model="other")),
        service.models().GetModel(model_pb.GetModelRequest(name="models/other")),
        service.models().LoadModel(model_pb.LoadModelRequest(name="models/other")),
    ):
        fault = await failing(call)
        assert (fault.code, fault.metadata["resource_name"]) == ("NOT_FOUND", "models/other")


async def test_a_text_too_long_to_be_read_whole_is_refused_on_demand(service: Served) -> None:
    options = pb.EmbedOptions(truncation=pb.TRUNCATION_NONE)
    request = pb.EmbedBatchRequest(texts=["a", "b " * 300], options=options)
    fault = await failing(service.embedding().EmbedBatch(request, timeout=PATIENCE_S))
    assert (fault.code, fault.reason) == ("INVALID_ARGUMENT", "TEXT_TOO_LONG")
    assert fault.metadata == {"index": "1", "token_count": "302", "max_tokens": "256"}


async def test_who_may_not_embed_is_refused(service: Served) -> None:
    request = pb.EmbedRequest(text="x")
    fault = await failing(service.embedding("viewer").Embed(request, timeout=PATIENCE_S))
    assert (fault.code, fault.metadata["permission"]) == (
        "PERMISSION_DENIED",
        "embedding.texts.embed",
    )
    unload = model_pb.UnloadModelRequest(name="models/all-minilm-l6-v2")
    fault = await failing(service.models("editor").UnloadModel(unload, timeout=PATIENCE_S))
    assert fault.code == "PERMISSION_DENIED"


async def test_models_are_shown_loaded_and_unloaded(service: Served) -> None:
    models, name = service.models(), "models/all-minilm-l6-v2"
    loaded = (await models.LoadModel(model_pb.LoadModelRequest(name=name), timeout=90)).model
    assert (loaded.state, loaded.is_default) == (model_pb.MODEL_STATE_READY, True)
    assert (loaded.dimensions, loaded.max_tokens, loaded.pooling) == (384, 256, "mean")
    assert loaded.vector_space.endswith("#384")
    [provider] = loaded.providers
    assert (provider.provider, provider.execution_provider) == ("onnx", "CPUExecutionProvider")
    listed = await models.ListModels(model_pb.ListModelsRequest(), timeout=PATIENCE_S)
    assert [each.name for each in listed.models] == [name]
    ranking = model_pb.ListModelsRequest(capability=model_pb.MODEL_CAPABILITY_RERANK)
    assert not (await models.ListModels(ranking, timeout=PATIENCE_S)).models
    unloaded = await models.UnloadModel(model_pb.UnloadModelRequest(name=name), timeout=90)
    assert unloaded.model.state == model_pb.MODEL_STATE_UNLOADED
    assert not unloaded.model.HasField("load_time")
    answer = await service.embedding().Embed(pb.EmbedRequest(text="x"), timeout=PATIENCE_S)
    assert len(answer.embedding.vector.values) == 384


async def test_a_call_that_is_cancelled_or_late_leaves_the_service_well(service: Served) -> None:
    stub = service.embedding()
    texts = ["word " * 250] * 100
    late = await failing(stub.EmbedBatch(pb.EmbedBatchRequest(texts=texts), timeout=0.05))
    assert late.code == "DEADLINE_EXCEEDED"
    call = asyncio.ensure_future(stub.EmbedBatch(pb.EmbedBatchRequest(texts=texts)))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    answer = await stub.Embed(pb.EmbedRequest(text="still here"), timeout=PATIENCE_S)
    assert len(answer.embedding.vector.values) == 384


async def test_what_the_queue_can_not_hold_is_refused_with_a_time(tmp_path: Path) -> None:
    async with served(tmp_path, queue_tokens=500, batch_tokens=16) as running:
        stub = running.embedding()
        many = pb.EmbedBatchRequest(texts=["word " * 250] * 16)
        refused: list[Fault] = []
        async with asyncio.timeout(PATIENCE_S):
            # One is taken whatever its size, since nothing waits; what comes while it does is not.
            while not refused:
                calls = [_outcome(stub.EmbedBatch(many, timeout=PATIENCE_S)) for _ in range(4)]
                outcomes = await asyncio.gather(*calls)
                refused = [each for each in outcomes if each is not None]
                assert len(refused) < 4
        assert {(each.code, each.reason) for each in refused} == {
            ("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED")
        }
        assert all((each.retry_s or 0) >= 0.1 for each in refused)


async def _outcome(call: Any) -> Fault | None:
    """What went wrong, if anything."""
    done = await asyncio.wait([asyncio.ensure_future(call)])
    [task] = done[0]
    return None if task.exception() is None else await failing(task)


async def test_a_model_that_can_not_be_loaded_does_not_stop_the_service(tmp_path: Path) -> None:
    async with served(tmp_path, digest="0" * 64) as running:
        request = pb.EmbedRequest(text="x")
        fault = await failing(running.embedding().Embed(request, timeout=PATIENCE_S))
        assert (fault.code, fault.reason) == ("FAILED_PRECONDITION", "MODEL_UNUSABLE")
        assert fault.metadata["file"] == "model.safetensors"
        request = model_pb.GetModelRequest(name="models/all-minilm-l6-v2")
        model = (await running.models().GetModel(request, timeout=PATIENCE_S)).model
        assert model.state == model_pb.MODEL_STATE_FAILED
        assert "SHA-256" in model.state_reason
