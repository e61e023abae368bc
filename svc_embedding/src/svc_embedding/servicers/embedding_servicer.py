"""`oms.embedding.v1.EmbeddingService`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing
from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from oms.embedding.v1 import embedding_service_pb2 as pb
from oms.embedding.v1 import embedding_service_pb2_grpc as pb_grpc

from svc_embedding.comparing import compared
from svc_embedding.convert import (
    MIB,
    checked_texts,
    embeddings_to_pb,
    encoding_from_pb,
    options_from_pb,
    priority_from_pb,
    served_to_pb,
    tokens_of,
    tokens_to_pb,
)
from svc_embedding.counting import counted
from svc_embedding.domain.embedding import Embeddings, EmbedOptions, ServedBy
from svc_embedding.domain.models import Capability, Models, model_name, unsupported
from svc_embedding.domain.tokens import TokenEmbedder
from svc_embedding.openai_json import OpenAiRequest, parse_request, response_json
from svc_embedding.pipelining import pipelined

# So many vectors are written on a thread: it takes longer than other calls should wait.
_MANY: Final = 256
_LARGE_BODY: Final = 256 * 1024
_AT_ONCE: Final = 8


class EmbeddingServicer(pb_grpc.EmbeddingServiceServicer):
    """Turns texts into vectors, compares and ranks."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def Embed(self, request: pb.EmbedRequest, context: Any) -> pb.EmbedResponse:
        embeddings = await self._embed([request.text], request.options, field="text")
        [embedding] = embeddings_to_pb(embeddings, encoding_from_pb(request.options.encoding))
        return pb.EmbedResponse(embedding=embedding, served=_served(embeddings))

    async def EmbedBatch(
        self, request: pb.EmbedBatchRequest, context: Any
    ) -> pb.EmbedBatchResponse:
        embeddings = await self._embed(request.texts, request.options)
        written = await _written(embeddings, request.options.encoding)
        return pb.EmbedBatchResponse(embeddings=written, served=_served(embeddings))

    async def EmbedStream(
        self, request_iterator: AsyncIterable[pb.EmbedStreamRequest], context: Any
    ) -> AsyncGenerator[pb.EmbedStreamResponse]:
        requests = _with_options(request_iterator)
        async with aclosing(pipelined(requests, self._answer, limit=_AT_ONCE)) as responses:
            async for response in responses:
                yield response

    async def _answer(self, request: pb.EmbedStreamRequest) -> pb.EmbedStreamResponse:
        embeddings = await self._embed(request.texts, request.options, is_stream=True)
        return pb.EmbedStreamResponse(
            request_key=request.request_key,
            embeddings=await _written(embeddings, request.options.encoding),
            served=_served(embeddings),
        )

    async def Similarity(
        self, request: pb.SimilarityRequest, context: Any
    ) -> pb.SimilarityResponse:
        model = self._models.get(request.options.model)
        count = len(request.sources) + len(request.targets)
        options = options_from_pb(request.options, count)
        with counted(model.id):
            response, embeddings = await compared(request, model, options)
        if embeddings is None:
            response.served.model = model_name(model.id)
        else:
            response.served.CopyFrom(_served(embeddings))
        return response

    async def Rerank(self, request: pb.RerankRequest, context: Any) -> pb.RerankResponse:
        checked_texts([request.query], "query")
        checked_texts(request.documents, "documents")
        model = await self._models.reranker(request.model)
        priority = priority_from_pb(request.priority, len(request.documents))
        with counted(model.id):
            ranking = await model.rerank(request.query, request.documents, priority=priority)
        scores = ranking.scores
        order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
        best = order[: request.top_n or len(order)]
        ranked = [pb.RerankResponse.Ranked(index=index, score=scores[index]) for index in best]
        served = served_to_pb(ranking.served, ranking.token_count)
        return pb.RerankResponse(ranking=ranked, served=served)

    async def Tokenize(self, request: pb.TokenizeRequest, context: Any) -> pb.TokenizeResponse:
        model = self._models.get(request.model)
        checked_texts(request.texts, most_bytes=MIB)
        results = await model.tokenize(request.texts, add_special_tokens=request.add_special_tokens)
        written = await asyncio.to_thread(tokens_to_pb, results)
        most = model.status().facts.max_tokens
        name = model_name(model.id)
        return pb.TokenizeResponse(results=written, model=name, max_tokens=most)

    async def CreateEmbeddings(
        self, request: pb.CreateEmbeddingsRequest, context: Any
    ) -> pb.CreateEmbeddingsResponse:
        body = request.body.data
        if len(body) > _LARGE_BODY:
            asked = await asyncio.to_thread(parse_request, body)
        else:
            asked = parse_request(body)
        embeddings = await self._openai(asked)
        model = embeddings.served.model
        data = await asyncio.to_thread(response_json, embeddings, model, is_base64=asked.is_base64)
        answer = HttpBody(content_type="application/json", data=data)
        return pb.CreateEmbeddingsResponse(body=answer)

    async def _openai(self, asked: OpenAiRequest) -> Embeddings:
        model = self._models.get(asked.model)
        count = len(asked.texts) or len(asked.tokens)
        priority = priority_from_pb(pb.PRIORITY_UNSPECIFIED, count)
        options = EmbedOptions(dimensions=asked.dimensions, priority=priority)
        with counted(model.id):
            embedder = await model.ready()
            if asked.texts:
                return await embedder.embed(checked_texts(asked.texts, "input"), options)
            if not isinstance(embedder, TokenEmbedder):
                raise unsupported(model.id, Capability.TOKENIZE)
            return await embedder.embed_tokens(asked.tokens, options)

    async def _embed(
        self,
        texts: Sequence[str],
        options: pb.EmbedOptions,
        *,
        field: str = "texts",
        is_stream: bool = False,
    ) -> Embeddings:
        model = self._models.get(options.model)
        with counted(model.id):
            texts = checked_texts(texts, field)
            embedder = await model.ready()
            how = options_from_pb(options, len(texts), is_stream=is_stream)
            return await embedder.embed(texts, how)


async def _with_options(
    requests: AsyncIterable[pb.EmbedStreamRequest],
) -> AsyncGenerator[pb.EmbedStreamRequest]:
    """The requests, each with the options of the last one that had some."""
    options = pb.EmbedOptions()
    async for request in requests:
        if request.HasField("options"):
            options = request.options
        else:
            request.options.CopyFrom(options)
        yield request


async def _written(embeddings: Embeddings, encoding: int) -> list[pb.Embedding]:
    chosen = encoding_from_pb(encoding)
    if len(embeddings.vectors) < _MANY:
        return embeddings_to_pb(embeddings, chosen)
    return await asyncio.to_thread(embeddings_to_pb, embeddings, chosen)


def _served(embeddings: Embeddings) -> pb.Served:
    served: ServedBy = embeddings.served
    return served_to_pb(served, tokens_of(embeddings))
