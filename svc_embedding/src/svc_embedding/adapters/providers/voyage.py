"""Voyage AI's embeddings API. Source: https://docs.voyageai.com/reference/embeddings-api"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from svc_embedding.adapters.providers.dialect import Json, Target
from svc_embedding.adapters.providers.vectors import by_index, packed_matrix
from svc_embedding.domain.embedding import EmbedOptions, Purpose, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits

# Tokens of a request; what is not listed has the least.
_TOKENS: Final = {
    "voyage-4-lite": 1_000_000,
    "voyage-3.5-lite": 1_000_000,
    "voyage-3-lite": 1_000_000,
    "voyage-4": 320_000,
    "voyage-3.5": 320_000,
    "voyage-3": 320_000,
    "voyage-2": 320_000,
}
_LEAST_TOKENS: Final = 120_000
# These have one length only, and refuse the parameter.
_FIXED: Final = frozenset(
    {
        "voyage-3",
        "voyage-3-lite",
        "voyage-2",
        "voyage-large-2",
        "voyage-large-2-instruct",
        "voyage-code-2",
        "voyage-finance-2",
        "voyage-law-2",
        "voyage-multilingual-2",
    }
)
_INPUT_TYPES: Final = {Purpose.QUERY: "query", Purpose.DOCUMENT: "document"}


class VoyageDialect:
    """`POST /v1/embeddings`."""

    provider = "voyage"
    truncations = frozenset({Truncation.END, Truncation.NONE})

    def __init__(self, target: Target) -> None:
        self.target = target
        self.limits = RequestLimits(
            texts=1000,
            tokens=_TOKENS.get(target.model, _LEAST_TOKENS),
            text_bytes=4 * 1024 * 1024,
        )

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.target.base_url}/v1/embeddings"

    def sends_dimensions(self, dimensions: int) -> bool:
        """All newer models take the parameter."""
        told = self.target.sends_dimensions
        return self.target.model not in _FIXED if told is None else told

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The key as a bearer token."""
        return {"authorization": f"Bearer {self.target.key}"}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        body: dict[str, Json] = {
            "input": list(texts),
            "model": self.target.model,
            "truncation": options.truncation is not Truncation.NONE,
            "encoding_format": "base64",
        }
        input_type = _INPUT_TYPES.get(options.purpose)
        if input_type is not None and not self.target.has_prefixes:
            body["input_type"] = input_type
        if options.dimensions is not None:
            body["output_dimension"] = options.dimensions
        return body

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads `data` in the order of `index`, and `usage`."""
        usage = body.get("usage") or {}
        return Answer(
            vectors=packed_matrix(by_index(body["data"])),
            token_count=int(usage.get("total_tokens") or 0),
        )
