"""What differs between the APIs of providers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from svc_embedding.domain.embedding import EmbedOptions, ModelFacts, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits

Json = Any
"""What `orjson` reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which model of which API.

    Args:
        model: The provider's own name of it.
        base_url: Without a slash at the end.
        key: Empty for an API that asks for none.
        headers: More headers of every request.
        has_prefixes: Whether texts get the model's prefixes, so that the provider is not told
            what they are.
        sends_dimensions: Whether the API shortens vectors; None: as is known of the model.
    """

    facts: ModelFacts
    model: str
    base_url: str
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    sends_dimensions: bool | None = None

    @property
    def has_prefixes(self) -> bool:
        """Whether texts get prefixes of the configuration, in place of the provider's own."""
        return bool(self.facts.query_prefix or self.facts.document_prefix)


class Dialect(Protocol):
    """How one provider's API is spoken."""

    @property
    def provider(self) -> str:
        """Such as `openai`."""
        ...

    @property
    def target(self) -> Target:
        """Which model of which API."""
        ...

    @property
    def limits(self) -> RequestLimits:
        """The most that one request may hold."""
        ...

    @property
    def truncations(self) -> frozenset[Truncation]:
        """What the API can be told to do with a text that is too long."""
        ...

    @property
    def url(self) -> str:
        """Where requests go."""
        ...

    def sends_dimensions(self, dimensions: int) -> bool:
        """Whether the API shortens vectors to a length itself."""
        ...

    async def headers(self, *, timeout_s: float) -> Mapping[str, str]:
        """What authenticates a request. Raises as `Endpoint.call` does."""
        ...

    def body(self, texts: Sequence[str], options: EmbedOptions) -> Json:
        """The request."""
        ...

    def answer(self, body: Json, headers: Mapping[str, str], count: int) -> Answer:
        """Reads a successful answer to so many texts.

        Raises:
            ValueError, TypeError, KeyError, IndexError, AttributeError: it is none.
        """
        ...
