"""A provider elsewhere as a link of a chain: any number of texts in requests of its size."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from oms_core.errors import InvalidField, TextTooLong
from oms_core.tasks import in_own_task

from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    Matrix,
    ModelFacts,
    ServedBy,
    TokenCount,
    Truncation,
)
from svc_embedding.domain.models import ProviderStatus
from svc_embedding.domain.providers.accounts import Account
from svc_embedding.domain.providers.attempts import Attempts, Reply, Request, Turns, native_options
from svc_embedding.domain.providers.batches import Piece, batches, piece, shares
from svc_embedding.domain.providers.contract import Endpoint
from svc_embedding.domain.providers.cutting import MAX_CUTS, shortened
from svc_embedding.domain.providers.errors import TextsRefused
from svc_embedding.domain.providers.policy import CallPolicy, Runtime
from svc_embedding.domain.vectors import check_dimensions

_T = TypeVar("_T")
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class _Done:
    """The vector of one text."""

    index: int
    vector: Matrix
    count: TokenCount


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked for, the same for every request of a call."""

    options: EmbedOptions
    wanted: int
    until: float
    turns: Turns


class RemoteLink:
    """Embeds texts at a provider; the whole call or nothing.

    Requests of a call run side by side, as many as the policy allows at once, and end together
    when one of them fails.
    """

    def __init__(self, endpoint: Endpoint, policy: CallPolicy, runtime: Runtime) -> None:
        self._endpoint, self._clock = endpoint, runtime.clock
        self.account = Account(
            endpoint.facts.model, endpoint.provider, price_per_million=policy.price_per_million
        )
        self._at_once = policy.max_concurrency
        self._attempts = Attempts(endpoint, policy, runtime, self.account)

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        return self._endpoint.facts

    @property
    def provider(self) -> str:
        """Such as `openai`."""
        return self._endpoint.provider

    def status(self) -> ProviderStatus:
        """How the provider fares."""
        is_open = self._attempts.breaker.is_open
        wait_s = self._attempts.breaker.wait_s
        return ProviderStatus(
            provider=self.provider,
            base_url=self._endpoint.base_url,
            is_available=not is_open,
            reason=f"left alone after it failed, for {wait_s:.3g} s more" if is_open else "",
            call_count=self.account.calls,
            failure_count=self.account.failure_count,
            token_count=self.account.tokens,
            cost_micros=self.account.cost_micros,
        )

    async def embed(
        self, texts: Sequence[str], options: EmbedOptions, *, budget_s: float
    ) -> Embeddings:
        """Embeds texts in their order; raises as `Embedder.embed`, and within the budget."""
        facts = self.facts
        check_dimensions(options.dimensions, facts)
        wanted = options.dimensions or facts.dimensions
        call = _Call(options, wanted, self._clock.monotonic() + budget_s, Turns())
        prefix = facts.prefix(options.purpose)
        pieces = [piece(index, prefix + text, prefix) for index, text in enumerate(texts)]
        limits = self._endpoint.limits
        cut = list(batches(pieces, limits, max_tokens=facts.max_tokens))
        if len(cut) == 1:
            done = [await self._embed(cut[0], call)]
        else:
            embed = partial(self._embed, call=call)
            done = await together(embed, cut, at_once=self._at_once)
        ordered = sorted((one for part in done for one in part), key=lambda one: one.index)
        return Embeddings(
            vectors=np.stack([one.vector for one in ordered]),
            counts=[one.count for one in ordered],
            served=ServedBy(
                model=facts.model, space=facts.space(call.wanted), provider=self.provider
            ),
        )

    async def _embed(self, batch: Sequence[Piece], call: _Call) -> Sequence[_Done]:
        try:
            return self._done(batch, await self._send(batch, call), call)
        except TextsRefused as exc:
            if len(batch) == 1:
                return await self._embed_shortened(batch[0], exc.token_count, call)
        middle = len(batch) // 2
        first = await self._embed(batch[:middle], call)
        return [*first, *await self._embed(batch[middle:], call)]

    async def _send(self, batch: Sequence[Piece], call: _Call) -> Reply:
        may_exceed = any(each.may_exceed(self.facts.max_tokens) for each in batch)
        options = native_options(
            call.options,
            self._endpoint,
            call.wanted,
            may_exceed=may_exceed,
            has_prefix=bool(batch[0].prefix),
        )
        if options is None:
            raise InvalidField.of(
                "options.truncation",
                f"{self.provider} cuts the end of what is too long and does not tell, and "
                f"texts[{batch[0].index}] may be too long: it has {batch[0].size_bytes} bytes",
            )
        request = Request(batch, options, call.wanted, call.until, call.turns)
        return await self._attempts.send(request)

    async def _embed_shortened(
        self, whole: Piece, token_count: int, call: _Call
    ) -> Sequence[_Done]:
        keep, max_tokens = call.options.truncation, self.facts.max_tokens
        if keep is Truncation.NONE:
            raise self._too_long(whole, token_count)
        shorter, counted = whole, token_count
        for cut in range(1, MAX_CUTS + 1):
            text = shortened(
                shorter.text,
                prefix=whole.prefix,
                keep=keep,
                max_tokens=max_tokens,
                token_count=counted,
                cut=cut,
            )
            shorter = piece(whole.index, text, whole.prefix)
            try:
                reply = await self._send([shorter], call)
            except TextsRefused as exc:
                counted = exc.token_count
                continue
            read = TokenCount(reply.token_count, token_count, is_truncated=True)
            return [_Done(whole.index, reply.vectors[0], read)]
        raise self._too_long(whole, token_count)

    def _done(self, batch: Sequence[Piece], reply: Reply, call: _Call) -> Sequence[_Done]:
        counts = reply.answer.counts or self._counts(batch, reply, call)
        return [
            _Done(each.index, reply.vectors[row], counts[row]) for row, each in enumerate(batch)
        ]

    def _counts(self, batch: Sequence[Piece], reply: Reply, call: _Call) -> Sequence[TokenCount]:
        max_tokens = self.facts.max_tokens
        # Only a text that may be too long can have been cut, and it is alone in its request.
        is_cut = (
            len(batch) == 1
            and batch[0].may_exceed(max_tokens)
            and call.options.truncation in self._endpoint.truncations - {Truncation.NONE}
            and reply.token_count >= max_tokens
        )
        if is_cut:
            read = min(reply.token_count, max_tokens)
            return [TokenCount(read, is_truncated=True)]
        parts = shares(reply.token_count, batch)
        return [TokenCount(part, part if reply.is_counted else 0) for part in parts]

    def _too_long(self, whole: Piece, token_count: int) -> TextTooLong:
        max_tokens = self.facts.max_tokens
        counted = f"{token_count} tokens" if token_count else "more tokens"
        return TextTooLong(
            f"texts[{whole.index}] has {counted}; model {self.facts.model!r} reads {max_tokens}",
            metadata={
                "index": str(whole.index),
                "token_count": str(token_count),
                "max_tokens": str(max_tokens),
            },
        )


async def together(
    work: Callable[[_Item], Awaitable[_T]], items: Iterable[_Item], *, at_once: int
) -> Sequence[_T]:
    """Works on all, so many at once; the first that fails ends the others with its error."""
    try:
        return await in_own_task(_all(work, items, asyncio.Semaphore(at_once)))
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _all(
    work: Callable[[_Item], Awaitable[_T]], items: Iterable[_Item], room: asyncio.Semaphore
) -> Sequence[_T]:
    async def in_turn(item: _Item) -> _T:
        async with room:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(in_turn(item)) for item in items]
    return [task.result() for task in tasks]
