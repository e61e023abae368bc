"""The methods of EmbeddingService on the built-in model."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import orjson
import pytest
from google.api.httpbody_pb2 import HttpBody
from oms.embedding.v1 import embedding_service_pb2 as pb
from prometheus_client import REGISTRY

from .server import PATIENCE_S, Served, failing

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPACE = (
    "sentence-transformers/all-MiniLM-L6-v2"
    "@53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db#384"
)


def numbers(vector: pb.Vector) -> Any:
    return np.array(vector.values, np.float32)


async def test_a_text_has_a_unit_vector_and_says_who_made_it(service: Served) -> None:
    labels = {"model": "all-minilm-l6-v2", "code": "OK"}
    before = REGISTRY.get_sample_value("embedding_requests_total", labels) or 0
    answer = await service.embedding().Embed(pb.EmbedRequest(text="a red car"), timeout=PATIENCE_S)
    assert REGISTRY.get_sample_value("embedding_requests_total", labels) == before + 1
    vector = numbers(answer.embedding.vector)
    assert vector.shape == (384,)
    assert answer.embedding.vector.dimensions == 384
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert (answer.embedding.token_count, answer.embedding.total_token_count) == (5, 5)
    assert not answer.embedding.is_truncated
    served = answer.served
    assert (served.model, served.vector_space) == ("models/all-minilm-l6-v2", SPACE)
    assert (served.provider, served.execution_provider) == ("onnx", "CPUExecutionProvider")
    assert (served.is_fallback, served.token_count) == (False, 5)


TEXTS = [
    "short",
    "우리 온톨로지의 고객 유형",
    "שלום עולם וכל מי שבו",
    "control \x01 and \x00 characters",
    "the same text twice",
    "the same text twice",
    "long " * 400,
    *(f"filler of {'many ' * (number % 40)} words" for number in range(120)),
]


async def test_a_vector_is_the_same_in_any_batch_and_the_order_is_kept(service: Served) -> None:
    stub = service.embedding()
    together = await stub.EmbedBatch(pb.EmbedBatchRequest(texts=TEXTS), timeout=PATIENCE_S)
    assert len(together.embeddings) == len(TEXTS)
    for index in (0, 1, 2, 3, 4, 6, 50, 126):
        alone = await stub.Embed(pb.EmbedRequest(text=TEXTS[index]), timeout=PATIENCE_S)
        cosine = numbers(alone.embedding.vector) @ numbers(together.embeddings[index].vector)
        assert cosine >= 0.9999, TEXTS[index]
    assert together.embeddings[4] == together.embeddings[5]
    assert together.served.token_count == sum(each.token_count for each in together.embeddings)


async def test_what_is_cut_is_reported_from_either_end(service: Served) -> None:
    stub = service.embedding()
    text = "alpha " + "middle " * 1000 + "omega"
    end = await stub.Embed(pb.EmbedRequest(text=text), timeout=PATIENCE_S)
    embedding = end.embedding
    assert (embedding.token_count, embedding.total_token_count) == (256, 1004)
    assert embedding.is_truncated
    options = pb.EmbedOptions(truncation=pb.TRUNCATION_START)
    start = await stub.Embed(pb.EmbedRequest(text=text, options=options), timeout=PATIENCE_S)
    same = await stub.Embed(pb.EmbedRequest(text="middle " * 253 + "omega"), timeout=PATIENCE_S)
    assert numbers(start.embedding.vector) @ numbers(same.embedding.vector) > 0.99999
    assert numbers(start.embedding.vector) @ numbers(end.embedding.vector) < 0.99999


async def test_a_text_of_a_megabyte_is_cut(service: Served) -> None:
    text = "word " * (1024 * 1024 // 5)
    answer = await service.embedding().Embed(pb.EmbedRequest(text=text), timeout=PATIENCE_S)
    assert answer.embedding.is_truncated
    assert answer.embedding.total_token_count == 1024 * 1024 // 5 + 2


async def test_every_encoding_holds_the_same_vector(service: Served) -> None:
    stub = service.embedding()

    async def embed(encoding: int) -> pb.Vector:
        request = pb.EmbedRequest(text="one", options=pb.EmbedOptions(encoding=encoding))
        return (await stub.Embed(request, timeout=PATIENCE_S)).embedding.vector

    exact = numbers(await embed(pb.VECTOR_ENCODING_FLOAT32))
    packed = await embed(pb.VECTOR_ENCODING_PACKED_FLOAT32)
    assert not packed.values
    np.testing.assert_allclose(np.frombuffer(packed.packed, "<f4"), exact, atol=1e-6)
    half = await embed(pb.VECTOR_ENCODING_FLOAT16)
    np.testing.assert_allclose(np.frombuffer(half.packed, "<f2"), exact, atol=1e-3)
    small = await embed(pb.VECTOR_ENCODING_INT8)
    restored = np.frombuffer(small.packed, np.int8) * np.float32(small.scale)
    np.testing.assert_allclose(restored, exact, atol=small.scale)
    binary = await embed(pb.VECTOR_ENCODING_BINARY)
    assert len(binary.packed) == 48
    bits = np.unpackbits(np.frombuffer(binary.packed, np.uint8)).astype(bool)
    clear = np.abs(exact) > 1e-6
    assert (bits == (exact > 0))[clear].all()


async def test_vectors_sent_back_in_any_encoding_are_compared(service: Served) -> None:
    stub = service.embedding()
    sources = [pb.Comparable(text="a customer buys a product")]
    for encoding in (2, 3, 4):
        request = pb.EmbedRequest(
            text="the client purchases goods", options=pb.EmbedOptions(encoding=encoding)
        )
        vector = (await stub.Embed(request, timeout=PATIENCE_S)).embedding.vector
        sources.append(pb.Comparable(vector=vector))
    sources.append(pb.Comparable(text="gravity bends light"))
    answer = await stub.Similarity(pb.SimilarityRequest(sources=sources), timeout=PATIENCE_S)
    assert (answer.rows, answer.columns) == (5, 5)
    scores = np.array(answer.scores).reshape(5, 5)
    np.testing.assert_allclose(np.diag(scores), 1, atol=1e-4)
    np.testing.assert_allclose(scores, scores.T, atol=1e-6)
    np.testing.assert_allclose(scores[0, 1:4], 0.7656, atol=5e-3)
    assert (scores[4, :4] < 0.3).all()


@pytest.mark.parametrize(
    ("metric", "expected"),
    [(pb.METRIC_COSINE, 0.6), (pb.METRIC_DOT, 30.0), (pb.METRIC_EUCLIDEAN, 80**0.5)],
)
async def test_metrics_of_vectors_alone(service: Served, metric: int, expected: float) -> None:
    request = pb.SimilarityRequest(
        sources=[pb.Comparable(vector=pb.Vector(values=[3.0, 4.0]))],
        targets=[pb.Comparable(vector=pb.Vector(values=[10.0, 0.0]))],
        metric=metric,
    )
    if metric == pb.METRIC_EUCLIDEAN:
        expected = (7.0**2 + 4.0**2) ** 0.5
    answer = await service.embedding().Similarity(request, timeout=PATIENCE_S)
    assert list(answer.scores) == pytest.approx([expected])
    assert answer.served.vector_space == ""


async def test_a_stream_answers_in_order_and_keeps_options(service: Served) -> None:
    async def requests() -> AsyncIterator[pb.EmbedStreamRequest]:
        options = pb.EmbedOptions(encoding=pb.VECTOR_ENCODING_FLOAT16)
        yield pb.EmbedStreamRequest(request_key="0", texts=["word " * 200] * 64, options=options)
        for key in range(1, 12):
            yield pb.EmbedStreamRequest(request_key=str(key), texts=[f"text {key}"])

    call = service.embedding().EmbedStream(requests(), timeout=PATIENCE_S)
    answers = [each async for each in call]
    assert [each.request_key for each in answers] == [str(key) for key in range(12)]
    assert {len(each.embeddings[0].vector.packed) for each in answers} == {768}
    assert len(answers[0].embeddings) == 64


async def test_a_bad_message_ends_a_stream_after_what_came_before(service: Served) -> None:
    async def requests() -> AsyncIterator[pb.EmbedStreamRequest]:
        yield pb.EmbedStreamRequest(request_key="good", texts=["one"])
        yield pb.EmbedStreamRequest(request_key="bad", texts=["two", "  "])

    call = service.embedding().EmbedStream(requests(), timeout=PATIENCE_S)
    assert (await call.read()).request_key == "good"
    fault = await failing(call.read())
    assert (fault.code, fault.fields) == ("INVALID_ARGUMENT", ["texts[1]"])


async def test_a_stream_is_answered_before_it_ends(service: Served) -> None:
    call = service.embedding().EmbedStream(timeout=PATIENCE_S)
    for key in ("a", "b"):
        await call.write(pb.EmbedStreamRequest(request_key=key, texts=[key]))
        assert (await call.read()).request_key == key
    await call.done_writing()


async def test_tokens_lie_where_they_say(service: Served) -> None:
    text = "Embeddings of Ontologies"
    request = pb.TokenizeRequest(texts=[text], add_special_tokens=True)
    answer = await service.embedding().Tokenize(request, timeout=PATIENCE_S)
    [result] = answer.results
    pieces = [each.piece for each in result.tokens]
    assert (pieces[0], pieces[-1]) == ("[CLS]", "[SEP]")
    words = [text[each.start : each.end].lower() for each in result.tokens]
    assert "".join(words) == text.lower().replace(" ", "")
    assert result.tokens[0].start == result.tokens[0].end
    assert (answer.model, answer.max_tokens) == ("models/all-minilm-l6-v2", 256)
    plain = await service.embedding().Tokenize(pb.TokenizeRequest(texts=[text]), timeout=PATIENCE_S)
    assert [each.piece for each in plain.results[0].tokens] == pieces[1:-1]


async def test_reranking_needs_a_model_that_can(service: Served) -> None:
    request = pb.RerankRequest(query="q", documents=["d"])
    fault = await failing(service.embedding().Rerank(request, timeout=PATIENCE_S))
    assert (fault.code, fault.metadata["capability"]) == ("UNIMPLEMENTED", "rerank")


async def openai(service: Served, **body: Any) -> Any:
    request = pb.CreateEmbeddingsRequest(
        body=HttpBody(content_type="application/json", data=orjson.dumps(body))
    )
    answer = await service.embedding().CreateEmbeddings(request, timeout=PATIENCE_S)
    assert answer.body.content_type == "application/json"
    return orjson.loads(answer.body.data)


async def test_openai_json_in_all_its_shapes(service: Served) -> None:
    stub = service.embedding()
    embedded = await stub.Embed(pb.EmbedRequest(text="hello world"), timeout=PATIENCE_S)
    expected = numbers(embedded.embedding.vector)
    one = await openai(service, input="hello world", model="all-minilm-l6-v2")
    assert (one["object"], one["model"]) == ("list", "all-minilm-l6-v2")
    assert one["usage"] == {"prompt_tokens": 4, "total_tokens": 4}
    [item] = one["data"]
    assert (item["object"], item["index"]) == ("embedding", 0)
    np.testing.assert_allclose(item["embedding"], expected, atol=1e-6)
    many = await openai(service, input=["x", "hello world"], encoding_format="base64", model="")
    raw = base64.b64decode(many["data"][1]["embedding"])
    np.testing.assert_allclose(np.frombuffer(raw, "<f4"), expected, atol=1e-6)
    # 7592 and 2088 are `hello` and `world`.
    for tokens in ([7592, 2088], [[7592, 2088]]):
        from_tokens = await openai(service, input=tokens, model="all-minilm-l6-v2")
        np.testing.assert_allclose(from_tokens["data"][0]["embedding"], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "all-minilm-l6-v2"}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input[1]"),
        ({"input": ["a", 1]}, "input[0]"),
        ({"input": [[1], []]}, "input[1]"),
        ({"input": [True]}, "input[0]"),
        ({"input": [10**9]}, "input[0]"),
        ({"input": [-1]}, "input[0]"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "dimensions": 100}, "options.dimensions"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
        ({"input": "a", "model": 7}, "model"),
        ({"input": ["a"] * 4097}, "input"),
    ],
)
async def test_openai_json_that_is_wrong_names_the_field(
    service: Served, body: Any, field: str
) -> None:
    fault = await failing(openai(service, **body))
    assert (fault.code, fault.fields) == ("INVALID_ARGUMENT", [field])


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"input":"\\ud800"}', b'{"input": NaN}'])
async def test_what_is_no_json_is_refused(service: Served, data: bytes) -> None:
    request = pb.CreateEmbeddingsRequest(body=HttpBody(data=data))
    fault = await failing(service.embedding().CreateEmbeddings(request, timeout=PATIENCE_S))
    assert (fault.code, fault.reason) == ("INVALID_ARGUMENT", "PARSE_ERROR")
