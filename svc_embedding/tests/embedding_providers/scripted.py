"""Providers that do as told, and chains of them."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from svc_embedding.domain.embedding import Embeddings, EmbedOptions, ModelFacts, Truncation
from svc_embedding.domain.providers.chain import Chain
from svc_embedding.domain.providers.contract import Answer, RequestLimits
from svc_embedding.domain.providers.errors import (
    Failure,
    ProviderBusy,
    ProviderMisconfigured,
    ProviderUnavailable,
)
from svc_embedding.domain.providers.policy import CallPolicy, Runtime
from svc_embedding.domain.providers.remote import RemoteLink

from embedding_providers.conftest import HandClock
from embedding_providers.wire import tokens_of, vector_of

Step = Callable[[Sequence[str]], Answer]


def failing(kind: str, **more: Any) -> Step:
    """A step that fails; `busy` and `misconfigured` are other errors."""

    def step(_texts: Sequence[str]) -> Answer:
        errors = {"busy": ProviderBusy, "misconfigured": ProviderMisconfigured}
        error = errors.get(kind, ProviderUnavailable)
        raise error(Failure(provider="p", kind=kind, what=kind, **more))

    return step


def right(texts: Sequence[str]) -> Answer:
    return Answer(
        vectors=np.stack([vector_of(text, 8) for text in texts]),
        token_count=sum(map(tokens_of, texts)),
    )


def wrong(texts: Sequence[str]) -> Answer:
    return Answer(vectors=right(texts).vectors[:, :5], token_count=sum(map(tokens_of, texts)))


class Scripted:
    """An endpoint that does what its script says, and answers when it says nothing more."""

    provider = "p"
    base_url = "https://p.example.com"
    limits = RequestLimits(texts=2)
    truncations = frozenset({Truncation.NONE})

    def __init__(self, *steps: Step, source: str = "m", stays: bool = False) -> None:
        self.facts = ModelFacts(model="m", source=source, dimensions=8, max_tokens=100)
        self.steps = deque(steps)
        self.stays = stays
        self.calls: list[tuple[Sequence[str], float]] = []
        self.gate: asyncio.Event | None = None
        self.called = asyncio.Condition()

    async def reached(self, count: int) -> None:
        """Waits for so many calls."""
        async with self.called:
            await self.called.wait_for(lambda: len(self.calls) >= count)

    def sends_dimensions(self, dimensions: int) -> bool:
        return True

    async def call(
        self, texts: Sequence[str], options: EmbedOptions, *, timeout_s: float
    ) -> Answer:
        self.calls.append((texts, timeout_s))
        async with self.called:
            self.called.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        if not self.steps:
            return right(texts)
        step = self.steps[0] if self.stays else self.steps.popleft()
        return step(texts)


def runtime_of(clock: HandClock) -> Runtime:
    return Runtime(clock, clock.sleep, lambda: 1.0)


def chain_of(clock: HandClock, *endpoints: Any, quota: Any = None, **more: Any) -> Chain:
    policy = more.pop("policy", CallPolicy())
    links = [RemoteLink(endpoint, policy, runtime_of(clock)) for endpoint in endpoints]
    more.setdefault("time_left", lambda: math.inf)
    more.setdefault("caller", lambda: "alice")
    return Chain(links, space=endpoints[0].facts.space, quota=quota, **more)


async def embed(chain: Chain, *texts: str, **options: Any) -> Embeddings:
    return await chain.embed(texts or ("a", "b c"), EmbedOptions(**options))


STEPS: dict[str, Step] = {
    "right": right,
    "wrong": wrong,
    "down": failing("http_503", is_retryable=True),
    "broken": failing("tls_failure"),
    "busy": failing("busy", is_retryable=True, hold_s=1.0),
    "busy for long": failing("busy", is_retryable=True, hold_s=600.0),
    "spent": failing("busy", hold_s=60.0),
    "refused": failing("misconfigured"),
}
