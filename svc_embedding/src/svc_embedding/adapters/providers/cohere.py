"""Cohere's embed API, version 2. Source: https://docs.cohere.com/v2/reference/embed"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from svc_embedding.adapters.providers.dialect import Json, Target
from svc_embedding.adapters.providers.vectors import matrix
from svc_embedding.domain.embedding import EmbedOptions, Purpose, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits

# Its models want to know; what is neither a query nor a document is embedded as a document.
_INPUT_TYPES: Final = {Purpose.QUERY: "search_query", Purpose.DOCUMENT: "search_document"}


class CohereDialect:
    """`POST /v2/embed`."""

    provider = "cohere"
    limits = RequestLimits(texts=96, text_bytes=4 * 1024 * 1024)
    truncations = frozenset(Truncation)

    def __init__(self, target: Target) -> None:
        self.target = target

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.target.base_url}/v2/embed"

    def sends_dimensions(self, dimensions: int) -> bool:
        """Models from `embed-v4` on take the parameter."""
        told = self.target.sends_dimensions
        return "embed-v4" in self.target.model if told is None else told

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The key as a bearer token."""
        return {"authorization": f"Bearer {self.target.key}"}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        purpose = Purpose.ANY if self.target.has_prefixes else options.purpose
        body: dict[str, Json] = {
            "model": self.target.model,
            "texts": list(texts),
            "input_type": _INPUT_TYPES.get(purpose, "search_document"),
            "embedding_types": ["float"],
            "truncate": options.truncation.name,
        }
        if options.dimensions is not None:
            body["output_dimension"] = options.dimensions
        return body

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads `embeddings.float`, and the tokens that are billed."""
        billed = (body.get("meta") or {}).get("billed_units") or {}
        return Answer(
            vectors=matrix(body["embeddings"]["float"]),
            token_count=int(billed.get("input_tokens") or 0),
        )
