"""What a provider's API offers: one request, within its limits, answered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from svc_embedding.domain.embedding import (
    EmbedOptions,
    Matrix,
    ModelFacts,
    TokenCount,
    Truncation,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """The most that one request may hold.

    Args:
        tokens: Of all texts together; 0: no such limit.
        text_bytes: Of all texts together, in UTF-8.
    """

    texts: int
    tokens: int = 0
    text_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a provider says is left of a rate limit.

    Args:
        reset_s: Until more is allowed, in seconds.
    """

    remaining: int
    reset_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request.

    Args:
        vectors: As the provider sent them, in the order of the texts; not checked.
        token_count: Tokens that were read together; 0: the provider does not tell.
        counts: One for each text; empty: the provider does not tell.
        allowances: What is left of the provider's rate limits.
    """

    vectors: Matrix
    token_count: int = 0
    counts: Sequence[TokenCount] = ()
    allowances: Sequence[Allowance] = ()


class Endpoint(Protocol):
    """A provider's API for one model."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        ...

    @property
    def provider(self) -> str:
        """Such as `openai`."""
        ...

    @property
    def base_url(self) -> str:
        """Scheme, host and path of where it is called."""
        ...

    @property
    def limits(self) -> RequestLimits:
        """The most that one request may hold."""
        ...

    @property
    def truncations(self) -> frozenset[Truncation]:
        """What the API itself can be told to do with a text that is too long."""
        ...

    def sends_dimensions(self, dimensions: int) -> bool:
        """Whether the API itself shortens vectors to a length, so that it is told."""
        ...

    async def call(
        self, texts: Sequence[str], options: EmbedOptions, *, timeout_s: float
    ) -> Answer:
        """Sends one request; safe to cancel.

        Args:
            texts: Within the limits, with the model's prefixes.
            options: `dimensions` is None or what `sends_dimensions` says yes to;
                `truncation` is one of `truncations`.
            timeout_s: For everything.
        Raises:
            TextsRefused: a text, or all of them together, are too long.
            ProviderUnavailable, ProviderBusy, ProviderMisconfigured: there is no vector.
        """
        ...
