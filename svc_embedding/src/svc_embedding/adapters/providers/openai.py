"""OpenAI's embeddings API, and what speaks as it does: Azure OpenAI, vLLM, Ollama, TEI, llama.cpp.

Source: https://platform.openai.com/docs/api-reference/embeddings and
https://learn.microsoft.com/azure/ai-services/openai/reference#embeddings
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from svc_embedding.adapters.providers.dialect import Json, Target
from svc_embedding.adapters.providers.vectors import by_index, packed_matrix
from svc_embedding.domain.embedding import EmbedOptions, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits

# It refuses what is too long; who calls has to cut.
_TRUNCATIONS: Final = frozenset({Truncation.NONE})


class OpenAiDialect:
    """`POST /embeddings` with a bearer token.

    Args:
        is_compatible: Whether it is somebody else who speaks as OpenAI does, and may know less.
    """

    limits = RequestLimits(texts=2048, tokens=300_000, text_bytes=4 * 1024 * 1024)
    truncations = _TRUNCATIONS

    def __init__(self, target: Target, *, is_compatible: bool = False) -> None:
        self.target = target
        self.provider = "openai_compatible" if is_compatible else "openai"
        self._encoding = "float" if is_compatible else "base64"

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.target.base_url}/embeddings"

    def sends_dimensions(self, dimensions: int) -> bool:
        """Only models from `text-embedding-3` on take the parameter; others refuse it."""
        told = self.target.sends_dimensions
        return "text-embedding-3" in self.target.facts.source if told is None else told

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The key as a bearer token."""
        return {"authorization": f"Bearer {self.target.key}"} if self.target.key else {}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        body: dict[str, Json] = {
            "input": list(texts),
            "model": self.target.model,
            "encoding_format": self._encoding,
        }
        if options.dimensions is not None:
            body["dimensions"] = options.dimensions
        return body

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads `data` in the order of `index`, and `usage`."""
        usage = body.get("usage") or {}
        return Answer(
            vectors=packed_matrix(by_index(body["data"])),
            token_count=int(usage.get("prompt_tokens") or usage.get("total_tokens") or 0),
        )


class AzureOpenAiDialect(OpenAiDialect):
    """The same under the name of a deployment, with the key in a header of its own.

    Args:
        api_version: A dated version of the API; `v1`: the one without dates.
    """

    def __init__(self, target: Target, *, api_version: str) -> None:
        super().__init__(target)
        self.provider = "azure_openai"
        self._api_version = api_version

    @property
    def url(self) -> str:
        """Where requests go."""
        base = self.target.base_url
        if self._api_version == "v1":
            return f"{base}/openai/v1/embeddings"
        deployment, version = quote(self.target.model, safe=""), quote(self._api_version, safe="")
        return f"{base}/openai/deployments/{deployment}/embeddings?api-version={version}"

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The resource's key."""
        return {"api-key": self.target.key}
