"""Google's two APIs: Gemini (with a key) and Vertex AI (with a service account).

Source: https://ai.google.dev/api/embeddings and
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from svc_embedding.adapters.providers.dialect import Json, Target
from svc_embedding.adapters.providers.vectors import matrix
from svc_embedding.domain.embedding import EmbedOptions, Purpose, TokenCount, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits

_TASK_TYPES: Final = {
    Purpose.QUERY: "RETRIEVAL_QUERY",
    Purpose.DOCUMENT: "RETRIEVAL_DOCUMENT",
}


class GeminiDialect:
    """`POST /v1beta/models/{model}:batchEmbedContents`."""

    provider = "google"
    limits = RequestLimits(texts=100, text_bytes=3 * 1024 * 1024)
    # What is too long is cut without a word.
    truncations = frozenset({Truncation.END})

    def __init__(self, target: Target) -> None:
        self.target = target
        self._model = f"models/{quote(target.model.removeprefix('models/'), safe='')}"

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.target.base_url}/v1beta/{self._model}:batchEmbedContents"

    def sends_dimensions(self, dimensions: int) -> bool:
        """All models of today take the parameter."""
        return self.target.sends_dimensions is not False

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The key in a header of its own; never in the URL, which others log."""
        return {"x-goog-api-key": self.target.key}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request: each text is one of its own."""
        common: dict[str, Json] = {"model": self._model}
        task_type = _TASK_TYPES.get(options.purpose)
        if task_type is not None and not self.target.has_prefixes:
            common["taskType"] = task_type
        if options.dimensions is not None:
            common["outputDimensionality"] = options.dimensions
        return {"requests": [{**common, "content": {"parts": [{"text": text}]}} for text in texts]}

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads `embeddings`; of most models it does not tell the tokens."""
        usage = body.get("usageMetadata") or {}
        return Answer(
            vectors=matrix([each["values"] for each in body["embeddings"]]),
            token_count=int(usage.get("promptTokenCount") or 0),
        )


class VertexDialect:
    """`POST …/publishers/google/models/{model}:predict`.

    Args:
        project: Of Google Cloud.
        location: Such as `europe-west4`.
        token: Gives an access token, within a time in seconds.
    """

    provider = "vertex"
    limits = RequestLimits(texts=250, tokens=20_000, text_bytes=1024 * 1024)
    truncations = frozenset({Truncation.END, Truncation.NONE})

    def __init__(
        self,
        target: Target,
        *,
        project: str,
        location: str,
        token: Callable[[float], Awaitable[str]],
    ) -> None:
        self.target = target
        self._path = (
            f"projects/{quote(project, safe='')}/locations/{quote(location, safe='')}"
            f"/publishers/google/models/{quote(target.model, safe='')}"
        )
        self._token = token

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"{self.target.base_url}/v1/{self._path}:predict"

    def sends_dimensions(self, dimensions: int) -> bool:
        """All models of today take the parameter."""
        return self.target.sends_dimensions is not False

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """An access token of the service account."""
        return {"authorization": f"Bearer {await self._token(timeout_s)}"}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        task: dict[str, Json] = {}
        task_type = _TASK_TYPES.get(options.purpose)
        if task_type is not None and not self.target.has_prefixes:
            task["task_type"] = task_type
        parameters: dict[str, Json] = {"autoTruncate": options.truncation is not Truncation.NONE}
        if options.dimensions is not None:
            parameters["outputDimensionality"] = options.dimensions
        return {
            "instances": [{"content": text, **task} for text in texts],
            "parameters": parameters,
        }

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads `predictions`: each with its tokens, and whether it was cut."""
        found = [each["embeddings"] for each in body["predictions"]]
        return Answer(
            vectors=matrix([each["values"] for each in found]),
            counts=[_count(each.get("statistics") or {}) for each in found],
        )


def _count(statistics: Mapping[str, Json]) -> TokenCount:
    read, is_cut = int(statistics.get("token_count") or 0), bool(statistics.get("truncated"))
    return TokenCount(read, 0 if is_cut else read, is_cut)
