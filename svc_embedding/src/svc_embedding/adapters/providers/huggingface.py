"""HuggingFace's feature extraction: Inference Providers, dedicated endpoints, and TEI itself.

Source: https://huggingface.co/docs/inference-providers/tasks/feature-extraction and
https://huggingface.github.io/text-embeddings-inference
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from svc_embedding.adapters.providers.dialect import Json, Target
from svc_embedding.adapters.providers.vectors import matrix
from svc_embedding.domain.embedding import EmbedOptions, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits


class HuggingFaceDialect:
    """`inputs` in, vectors out.

    Args:
        is_own: Whether the address is a server for this model alone (TEI, dedicated endpoints),
            and not the router of Inference Providers.
    """

    truncations = frozenset(Truncation)
    # Of a server as it is started without options.
    limits = RequestLimits(texts=32, text_bytes=1024 * 1024)

    def __init__(self, target: Target, *, is_own: bool = False) -> None:
        self.target = target
        self.provider = "tei" if is_own else "huggingface"

    @property
    def url(self) -> str:
        """Where requests go."""
        if self.provider == "tei":
            return f"{self.target.base_url}/embed"
        model = quote(self.target.model, safe="/")
        return f"{self.target.base_url}/models/{model}/pipeline/feature-extraction"

    def sends_dimensions(self, dimensions: int) -> bool:
        """Newer servers take the parameter; older ones ignore it, so it has to be asked for."""
        return bool(self.target.sends_dimensions)

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """The token as a bearer token; a server of one's own may want none."""
        return {"authorization": f"Bearer {self.target.key}"} if self.target.key else {}

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        is_start = options.truncation is Truncation.START
        body: dict[str, Json] = {
            "inputs": list(texts),
            "normalize": self.target.facts.is_normalized,
            "truncate": options.truncation is not Truncation.NONE,
            "truncation_direction": "Left" if is_start else "Right",
        }
        if options.dimensions is not None:
            body["dimensions"] = options.dimensions
        return body

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads the list of vectors; what it read is told in a header, if at all."""
        tokens = headers.get("x-compute-tokens", "")
        return Answer(vectors=matrix(body), token_count=int(tokens) if tokens.isdecimal() else 0)
