"""Calls of `oms.embedding.v1.EmbeddingService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from oms.embedding.v1 import embedding_service_pb2 as embedding_embedding_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncEmbedding", "Embedding"]

_EMBED: Final = Method(
    "/oms.embedding.v1.EmbeddingService/Embed",
    embedding_embedding_service_pb2.EmbedRequest,
    embedding_embedding_service_pb2.EmbedResponse,
    is_read_only=True,
)
_EMBED_BATCH: Final = Method(
    "/oms.embedding.v1.EmbeddingService/EmbedBatch",
    embedding_embedding_service_pb2.EmbedBatchRequest,
    embedding_embedding_service_pb2.EmbedBatchResponse,
    is_read_only=True,
)
_EMBED_STREAM: Final = Method(
    "/oms.embedding.v1.EmbeddingService/EmbedStream",
    embedding_embedding_service_pb2.EmbedStreamRequest,
    embedding_embedding_service_pb2.EmbedStreamResponse,
    is_read_only=True,
)
_SIMILARITY: Final = Method(
    "/oms.embedding.v1.EmbeddingService/Similarity",
    embedding_embedding_service_pb2.SimilarityRequest,
    embedding_embedding_service_pb2.SimilarityResponse,
    is_read_only=True,
)
_RERANK: Final = Method(
    "/oms.embedding.v1.EmbeddingService/Rerank",
    embedding_embedding_service_pb2.RerankRequest,
    embedding_embedding_service_pb2.RerankResponse,
    is_read_only=True,
)
_TOKENIZE: Final = Method(
    "/oms.embedding.v1.EmbeddingService/Tokenize",
    embedding_embedding_service_pb2.TokenizeRequest,
    embedding_embedding_service_pb2.TokenizeResponse,
    is_read_only=True,
)
_CREATE_EMBEDDINGS: Final = Method(
    "/oms.embedding.v1.EmbeddingService/CreateEmbeddings",
    embedding_embedding_service_pb2.CreateEmbeddingsRequest,
    embedding_embedding_service_pb2.CreateEmbeddingsResponse,
    is_read_only=True,
)


class Embedding:
    """Turns texts into vectors, compares them and ranks documents for a query.

    A model is named by its resource name, `models/{model}`, or by its id alone; the empty name
    is the server's default model. NOT_FOUND names a model that is not configured.

    A text is Unicode of 1 byte to 1 MiB in UTF-8 that is not white space alone. What is longer
    than the model reads is cut or refused, as `truncation` says, and what was cut is reported. A
    vector of a text is the same in every batch: cosine of at least 0.9999 between any two.

    RESOURCE_EXHAUSTED with LIMIT_EXCEEDED and `RetryInfo`: the queue is full, or a provider's
    quota is used up. UNAVAILABLE: no provider of the model answers; safe to retry, as every
    method here is.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def embed(
        self,
        given: embedding_embedding_service_pb2.EmbedRequest | None = None,
        /,
        *,
        text: str = "",
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.EmbedResponse:
        """Embeds one text.

        Args:
            given: The request as a message; what the others set is put on top.
            text: The text.
            options: How it is embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "text": text,
            "options": options,
        }
        return self._calls.unary(_EMBED, given, timeout_s, fields)

    def embed_batch(
        self,
        given: embedding_embedding_service_pb2.EmbedBatchRequest | None = None,
        /,
        *,
        texts: Iterable[str] = (),
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.EmbedBatchResponse:
        """Embeds up to 4,096 texts of up to 16 MiB together, in their order. One that breaks a rule
        refuses the batch, and the error names its index.

        Args:
            given: The request as a message; what the others set is put on top.
            texts: The texts.
            options: How they are embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "texts": texts,
            "options": options,
        }
        return self._calls.unary(_EMBED_BATCH, given, timeout_s, fields)

    def embed_stream(
        self,
        requests: Iterable[embedding_embedding_service_pb2.EmbedStreamRequest],
        *,
        timeout_s: float | None = None,
    ) -> Stream[embedding_embedding_service_pb2.EmbedStreamResponse]:
        """Embeds any number of texts: one response for each request, in their order, many under way
        at once. The first message that breaks a rule ends the stream; what was answered before
        stands.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.exchange(_EMBED_STREAM, requests, timeout_s)

    def similarity(
        self,
        given: embedding_embedding_service_pb2.SimilarityRequest | None = None,
        /,
        *,
        sources: Iterable[embedding_embedding_service_pb2.Comparable | Mapping[str, Any]] = (),
        targets: Iterable[embedding_embedding_service_pb2.Comparable | Mapping[str, Any]] = (),
        metric: embedding_embedding_service_pb2.Metric | str | None = None,
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.SimilarityResponse:
        """Compares every source with every target.

        Args:
            given: The request as a message; what the others set is put on top.
            sources: Rows of the matrix; at most 1,024.
            targets: Columns of the matrix; left out: the sources again.
            metric: How they are compared.
            options: How texts are embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "sources": sources,
            "targets": targets,
            "metric": metric,
            "options": options,
        }
        return self._calls.unary(_SIMILARITY, given, timeout_s, fields)

    def rerank(
        self,
        given: embedding_embedding_service_pb2.RerankRequest | None = None,
        /,
        *,
        model: str = "",
        query: str = "",
        documents: Iterable[str] = (),
        top_n: int = 0,
        priority: embedding_embedding_service_pb2.Priority | str | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.RerankResponse:
        """Orders documents by how well they answer a query, by a model that reads both together.
        UNIMPLEMENTED with UNSUPPORTED_OPERATION and `capability` `rerank` when the model can't.

        Args:
            given: The request as a message; what the others set is put on top.
            model: `models/{model}` or its id; empty: the first configured model that can.
            query: The query.
            documents: The documents.
            top_n: How many come back, the best first; 0: all.
            priority: Who goes first when the model is busy.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "top_n": top_n,
            "priority": priority,
        }
        return self._calls.unary(_RERANK, given, timeout_s, fields)

    def tokenize(
        self,
        given: embedding_embedding_service_pb2.TokenizeRequest | None = None,
        /,
        *,
        model: str = "",
        texts: Iterable[str] = (),
        add_special_tokens: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.TokenizeResponse:
        """Splits texts of up to 1 MiB together into the tokens that the model reads, without its
        own prefixes and special tokens unless asked. UNIMPLEMENTED with UNSUPPORTED_OPERATION
        and `capability` `tokenize` for a model whose provider keeps its tokenizer.

        Args:
            given: The request as a message; what the others set is put on top.
            model: `models/{model}` or its id; empty: the server's default model.
            texts: The texts; at most 1 MiB together.
            add_special_tokens: With the special tokens of the model, such as `[CLS]`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "model": model,
            "texts": texts,
            "add_special_tokens": add_special_tokens,
        }
        return self._calls.unary(_TOKENIZE, given, timeout_s, fields)

    def create_embeddings(
        self,
        given: embedding_embedding_service_pb2.CreateEmbeddingsRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.CreateEmbeddingsResponse:
        """Embeds as OpenAI's `POST /v1/embeddings` does: the same JSON in and out, so that its
        clients work unchanged. `input` is a text, texts, tokens or lists of tokens;
        `encoding_format` is `float` or `base64`.

        Args:
            given: The request as a message; what the others set is put on top.
            body: JSON as OpenAI's API describes it.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return self._calls.unary(_CREATE_EMBEDDINGS, given, timeout_s, fields)


class AsyncEmbedding:
    """Turns texts into vectors, compares them and ranks documents for a query.

    A model is named by its resource name, `models/{model}`, or by its id alone; the empty name
    is the server's default model. NOT_FOUND names a model that is not configured.

    A text is Unicode of 1 byte to 1 MiB in UTF-8 that is not white space alone. What is longer
    than the model reads is cut or refused, as `truncation` says, and what was cut is reported. A
    vector of a text is the same in every batch: cosine of at least 0.9999 between any two.

    RESOURCE_EXHAUSTED with LIMIT_EXCEEDED and `RetryInfo`: the queue is full, or a provider's
    quota is used up. UNAVAILABLE: no provider of the model answers; safe to retry, as every
    method here is.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def embed(
        self,
        given: embedding_embedding_service_pb2.EmbedRequest | None = None,
        /,
        *,
        text: str = "",
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.EmbedResponse:
        """Embeds one text.

        Args:
            given: The request as a message; what the others set is put on top.
            text: The text.
            options: How it is embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "text": text,
            "options": options,
        }
        return await self._calls.unary(_EMBED, given, timeout_s, fields)

    async def embed_batch(
        self,
        given: embedding_embedding_service_pb2.EmbedBatchRequest | None = None,
        /,
        *,
        texts: Iterable[str] = (),
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.EmbedBatchResponse:
        """Embeds up to 4,096 texts of up to 16 MiB together, in their order. One that breaks a rule
        refuses the batch, and the error names its index.

        Args:
            given: The request as a message; what the others set is put on top.
            texts: The texts.
            options: How they are embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "texts": texts,
            "options": options,
        }
        return await self._calls.unary(_EMBED_BATCH, given, timeout_s, fields)

    def embed_stream(
        self,
        requests: AsyncIterable[embedding_embedding_service_pb2.EmbedStreamRequest] | Iterable[embedding_embedding_service_pb2.EmbedStreamRequest],
        *,
        timeout_s: float | None = None,
    ) -> AsyncStream[embedding_embedding_service_pb2.EmbedStreamResponse]:
        """Embeds any number of texts: one response for each request, in their order, many under way
        at once. The first message that breaks a rule ends the stream; what was answered before
        stands.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.exchange(_EMBED_STREAM, requests, timeout_s)

    async def similarity(
        self,
        given: embedding_embedding_service_pb2.SimilarityRequest | None = None,
        /,
        *,
        sources: Iterable[embedding_embedding_service_pb2.Comparable | Mapping[str, Any]] = (),
        targets: Iterable[embedding_embedding_service_pb2.Comparable | Mapping[str, Any]] = (),
        metric: embedding_embedding_service_pb2.Metric | str | None = None,
        options: embedding_embedding_service_pb2.EmbedOptions | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.SimilarityResponse:
        """Compares every source with every target.

        Args:
            given: The request as a message; what the others set is put on top.
            sources: Rows of the matrix; at most 1,024.
            targets: Columns of the matrix; left out: the sources again.
            metric: How they are compared.
            options: How texts are embedded.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "sources": sources,
            "targets": targets,
            "metric": metric,
            "options": options,
        }
        return await self._calls.unary(_SIMILARITY, given, timeout_s, fields)

    async def rerank(
        self,
        given: embedding_embedding_service_pb2.RerankRequest | None = None,
        /,
        *,
        model: str = "",
        query: str = "",
        documents: Iterable[str] = (),
        top_n: int = 0,
        priority: embedding_embedding_service_pb2.Priority | str | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.RerankResponse:
        """Orders documents by how well they answer a query, by a model that reads both together.
        UNIMPLEMENTED with UNSUPPORTED_OPERATION and `capability` `rerank` when the model can't.

        Args:
            given: The request as a message; what the others set is put on top.
            model: `models/{model}` or its id; empty: the first configured model that can.
            query: The query.
            documents: The documents.
            top_n: How many come back, the best first; 0: all.
            priority: Who goes first when the model is busy.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "model": model,
            "query": query,
            "documents": documents,
            "top_n": top_n,
            "priority": priority,
        }
        return await self._calls.unary(_RERANK, given, timeout_s, fields)

    async def tokenize(
        self,
        given: embedding_embedding_service_pb2.TokenizeRequest | None = None,
        /,
        *,
        model: str = "",
        texts: Iterable[str] = (),
        add_special_tokens: bool = False,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.TokenizeResponse:
        """Splits texts of up to 1 MiB together into the tokens that the model reads, without its
        own prefixes and special tokens unless asked. UNIMPLEMENTED with UNSUPPORTED_OPERATION
        and `capability` `tokenize` for a model whose provider keeps its tokenizer.

        Args:
            given: The request as a message; what the others set is put on top.
            model: `models/{model}` or its id; empty: the server's default model.
            texts: The texts; at most 1 MiB together.
            add_special_tokens: With the special tokens of the model, such as `[CLS]`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "model": model,
            "texts": texts,
            "add_special_tokens": add_special_tokens,
        }
        return await self._calls.unary(_TOKENIZE, given, timeout_s, fields)

    async def create_embeddings(
        self,
        given: embedding_embedding_service_pb2.CreateEmbeddingsRequest | None = None,
        /,
        *,
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> embedding_embedding_service_pb2.CreateEmbeddingsResponse:
        """Embeds as OpenAI's `POST /v1/embeddings` does: the same JSON in and out, so that its
        clients work unchanged. `input` is a text, texts, tokens or lists of tokens;
        `encoding_format` is `float` or `base64`.

        Args:
            given: The request as a message; what the others set is put on top.
            body: JSON as OpenAI's API describes it.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "body": body,
        }
        return await self._calls.unary(_CREATE_EMBEDDINGS, given, timeout_s, fields)
