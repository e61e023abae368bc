"""Providers that serve the same model, the first one first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from oms_core.errors import InvalidField, ModelUnusable, OmsError, TextTooLong
from oms_core.logging import get_logger

from svc_embedding.domain.embedding import Embeddings, EmbedOptions, ModelFacts
from svc_embedding.domain.models import ProviderStatus
from svc_embedding.domain.providers.accounts import Account
from svc_embedding.domain.providers.batches import estimated_tokens
from svc_embedding.domain.providers.deadlines import caller, time_left_s
from svc_embedding.domain.providers.errors import (
    PROVIDER_ERRORS,
    ProviderError,
    nobody_answered,
)
from svc_embedding.domain.providers.quotas import DailyQuota

_log = get_logger()
_PASSED_OVER: Final = frozenset({"circuit_open", "rate_limit", "concurrency"})


class Link(Protocol):
    """One provider of a chain."""

    @property
    def account(self) -> Account:
        """What its calls came to."""
        ...

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        ...

    @property
    def provider(self) -> str:
        """Such as `onnx` or `openai`."""
        ...

    def status(self) -> ProviderStatus:
        """How the provider fares."""
        ...

    async def embed(
        self, texts: Sequence[str], options: EmbedOptions, *, budget_s: float
    ) -> Embeddings:
        """Embeds as `Embedder.embed` does, within a time in seconds that may be infinite."""
        ...


class Chain:
    """An `Embedder` over providers of one model and one vector space.

    A call is answered by one provider as a whole. The next is asked when one can't answer, not
    when the caller's texts or options are at fault. While others are left, a provider gets half of
    the time that the caller still waits.

    Args:
        links: At least one.
        facts: What is known of the model; None: what its first provider knows.
        space: The space of vectors of a length. What a provider says it serves is compared with
            it at every answer, as a local model's files are only seen when it is loaded. None:
            there is one provider, and its space is the model's.
        quota: Of the model; None: there is none.
    """

    def __init__(
        self,
        links: Sequence[Link],
        *,
        facts: ModelFacts | None = None,
        space: Callable[[int | None], str] | None = None,
        quota: DailyQuota | None = None,
        time_left: Callable[[], float] = time_left_s,
        caller: Callable[[], str] = caller,
    ) -> None:
        self.links = tuple(links)
        self._facts, self._space, self._quota = facts, space, quota
        self._time_left, self._caller = time_left, caller

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        return self._facts or self.links[0].facts

    @property
    def provider(self) -> str:
        """The one that is asked first."""
        return self.links[0].provider

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        """Embeds texts; see `Embedder.embed`."""
        if self._quota is None:
            return await self._first_answer(texts, options)
        who, estimate = self._caller(), sum(_estimate(text) for text in texts)
        day, used = self._quota.take(who, estimate), 0
        try:
            result = await self._first_answer(texts, options)
            used = sum(count.read for count in result.counts)
        finally:
            self._quota.correct(who, day, used - estimate)
        return result

    async def _first_answer(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        errors: list[OmsError] = []
        for place, link in enumerate(self.links):
            try:
                result = await link.embed(texts, options, budget_s=self._budget_s(place))
                self._check_space(link, result, options)
            except (InvalidField, TextTooLong):
                raise
            except PROVIDER_ERRORS as exc:
                errors.append(exc)
                self._log_failure(link, exc)
                continue
            return self._served(result, place)
        raise nobody_answered(self.facts.model, errors)

    def _budget_s(self, place: int) -> float:
        left_s = self._time_left()
        is_last = place == len(self.links) - 1
        return left_s if is_last or math.isinf(left_s) else left_s / 2

    def _check_space(self, link: Link, result: Embeddings, options: EmbedOptions) -> None:
        if self._space is None:
            return
        expected = self._space(options.dimensions)
        if result.served.space != expected:
            model = self.facts.model
            raise ModelUnusable(
                f"{link.provider}: serves the vector space {result.served.space!r}, but model "
                f"{model!r} is configured with {expected!r}",
                metadata={"model": model, "why": "vector_space", "service": link.provider},
            )

    def _served(self, result: Embeddings, place: int) -> Embeddings:
        if place == 0:
            return result
        self.links[place].account.fallbacks += 1
        return replace(result, served=replace(result.served, is_fallback=True))

    def _log_failure(self, link: Link, exc: OmsError) -> None:
        kind = exc.failure.kind if isinstance(exc, ProviderError) else exc.reason
        # What keeps calls away was logged when it began.
        log = _log.debug if kind in _PASSED_OVER else _log.warning
        log(
            "embedding_provider_failed",
            model=self.facts.model,
            provider=link.provider,
            kind=kind,
            error=exc.message,
        )


def _estimate(text: str) -> int:
    size = len(text.encode(errors="replace"))
    return estimated_tokens(size, is_ascii=text.isascii())
