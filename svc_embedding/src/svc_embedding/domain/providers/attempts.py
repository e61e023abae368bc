"""One request to a provider, sent until it is answered or not worth another attempt."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from oms_core.breaker import CircuitBreaker

from svc_embedding.domain.embedding import EmbedOptions, Matrix, Truncation
from svc_embedding.domain.providers.accounts import Account
from svc_embedding.domain.providers.batches import Piece
from svc_embedding.domain.providers.checks import checked_vectors
from svc_embedding.domain.providers.contract import Answer, Endpoint
from svc_embedding.domain.providers.errors import (
    Failure,
    ProviderBusy,
    ProviderError,
    ProviderUnavailable,
    TextsRefused,
)
from svc_embedding.domain.providers.policy import CallPolicy, Runtime, backoff_s
from svc_embedding.domain.providers.rates import RateLimit, Reservation

# A provider that is silent for so long has failed; that a caller had less time says nothing.
_FAIR_S: Final = 5.0


@dataclass(slots=True, eq=False)
class Turns:
    """What the requests of one call share, so that none waits because of the others.

    They come to their turn one by one, so that what is waited for is the work of others.

    Attributes:
        has_begun: Whether one has had its turn: then the call goes on until its deadline.
        own_until: When the rate limit has back what they took, on the monotonic clock.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    has_begun: bool = False
    own_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Args:
        options: As the endpoint takes them.
        wanted: Length of the vectors; what is sent may be longer, and is cut.
        until: When there has to be an answer, on the monotonic clock.
        turns: Of the call that it is a part of.
    """

    pieces: Sequence[Piece]
    options: EmbedOptions
    wanted: int
    until: float
    turns: Turns = field(default_factory=Turns)


@dataclass(frozen=True, slots=True)
class Reply:
    """A checked answer.

    Args:
        token_count: As the provider counted, or else as estimated.
        is_counted: Whether the provider counted.
    """

    vectors: Matrix
    answer: Answer
    token_count: int
    is_counted: bool


class Attempts:
    """Sends requests to one provider: in turn, at the permitted pace, and again where it helps.

    Used by any number of tasks of one event loop.
    """

    def __init__(
        self, endpoint: Endpoint, policy: CallPolicy, runtime: Runtime, account: Account
    ) -> None:
        self._endpoint, self._policy, self._runtime = endpoint, policy, runtime
        self._clock, self.account = runtime.clock, account
        self._slots = asyncio.Semaphore(policy.max_concurrency)
        self._limit = RateLimit(
            runtime.clock,
            requests_per_minute=policy.requests_per_minute,
            tokens_per_minute=policy.tokens_per_minute,
        )
        self.breaker = CircuitBreaker(
            runtime.clock,
            threshold=policy.failure_threshold,
            first_pause_s=min(1.0, policy.max_pause_s),
            max_pause_s=policy.max_pause_s,
        )

    async def send(self, request: Request) -> Reply:
        """Sends a request, as often as the policy says.

        Raises:
            TextsRefused: see `Endpoint.call`.
            ProviderError: the provider brought no vectors, or it is not worth to wait for it.
        """
        attempt = 1
        while True:
            try:
                return await self._attempt(request)
            except ProviderError as exc:
                delay_s = self._delay_s(attempt, exc.failure, request)
                if delay_s is None:
                    raise
            self.account.retries += 1
            await self._runtime.sleep(delay_s)
            attempt += 1

    async def _attempt(self, request: Request) -> Reply:
        reservation = await self._turn(request)
        used = 0
        try:
            reply = await self._call(request)
            used = reply.token_count
        finally:
            self._slots.release()
            # What failed was not read; what a provider charges for it all the same is its secret.
            self._limit.settle(reservation, used)
        return reply

    async def _turn(self, request: Request) -> Reservation:
        """Waits until the request may be sent; then the breaker waits for how that ends.

        Raises:
            ProviderError: it is not worth to wait for that, and nothing was sent.
        """
        turns, tokens = request.turns, sum(piece.tokens for piece in request.pieces)
        async with turns.lock:
            if self.breaker.wait_s > 0:
                raise self._circuit_open()
            reservation = self._limit.reserve(tokens)
            try:
                await self._wait(reservation.wait_s, request)
                await self._slot(request)
            except BaseException:
                self._limit.give_back(reservation)
                raise
            now = self._clock.monotonic()
            turns.has_begun = True
            turns.own_until = max(turns.own_until, now) + self._limit.refill_s(tokens)
        return reservation

    async def _wait(self, seconds: float, request: Request) -> None:
        if seconds <= 0:
            return
        own_s = max(request.turns.own_until - self._clock.monotonic(), 0.0)
        others_s = seconds - own_s
        if others_s > self._policy.max_wait_s or seconds >= self._left_s(request):
            what = f"its rate limit lets this call pass in {seconds:.3g} s"
            raise ProviderBusy(self._failure("rate_limit", what, hold_s=seconds))
        await self._runtime.sleep(seconds)

    async def _slot(self, request: Request) -> None:
        longest_s = max(self._left_s(request), 0.0)
        if not request.turns.has_begun:
            longest_s = min(longest_s, self._policy.max_wait_s)
        try:
            async with asyncio.timeout(None if math.isinf(longest_s) else longest_s):
                await self._slots.acquire()
        except TimeoutError:
            what = f"{self._policy.max_concurrency} requests are under way, which is the limit"
            raise ProviderBusy(self._failure("concurrency", what)) from None
        refusal = self._refusal(request)
        if refusal is not None:
            self._slots.release()
            raise refusal

    def _refusal(self, request: Request) -> ProviderUnavailable | None:
        if self._left_s(request) <= 0:
            return ProviderUnavailable(self._failure("deadline", "no time was left to ask it"))
        return None if self.breaker.allows() else self._circuit_open()

    async def _call(self, request: Request) -> Reply:
        """The call that the breaker allowed; tells it how that ended."""
        timeout_s = min(self._policy.timeout_s, self._left_s(request))
        try:
            reply = await self._exchange(request, timeout_s)
        except TextsRefused:
            self._note("text_too_long", is_alive=True)
            raise
        except ProviderBusy as exc:
            self._note(exc.failure.kind, is_alive=True)
            self._limit.close(exc.failure.hold_s or 0.0)
            raise
        except ProviderError as exc:
            is_fair = timeout_s >= min(self._policy.timeout_s, _FAIR_S)
            is_judged = is_fair or exc.failure.kind != "timeout"
            self._note(exc.failure.kind, is_alive=False if is_judged else None)
            self._limit.close(exc.failure.hold_s or 0.0)
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self.breaker.succeeded()
        self.account.is_open = False
        return reply

    async def _exchange(self, request: Request, timeout_s: float) -> Reply:
        started = self._clock.monotonic()
        self.account.calls += 1
        answer = await self._endpoint.call(
            [piece.text for piece in request.pieces], request.options, timeout_s=timeout_s
        )
        self._limit.observe(answer.allowances)
        counted = answer.token_count or sum(count.read for count in answer.counts)
        tokens = counted or sum(piece.tokens for piece in request.pieces)
        # Also a wrong answer was paid for.
        self.account.called(tokens, self._clock.monotonic() - started)
        facts = self._endpoint.facts
        vectors = checked_vectors(
            answer.vectors,
            count=len(request.pieces),
            sent=request.options.dimensions or facts.dimensions,
            wanted=request.wanted,
            normalise=facts.is_normalized,
            provider=self._endpoint.provider,
        )
        return Reply(vectors, answer, tokens, bool(counted))

    def _note(self, kind: str, *, is_alive: bool | None) -> None:
        """Counts a failure; None: it does not tell whether the provider is alive."""
        self.account.failures[kind] += 1
        if is_alive is None:
            self.breaker.abandoned()
        elif is_alive:
            self.breaker.succeeded()
        else:
            self.breaker.failed()
        self.account.is_open = self.breaker.is_open

    def _delay_s(self, attempt: int, failure: Failure, request: Request) -> float | None:
        if not failure.is_retryable or attempt >= self._policy.max_attempts:
            return None
        delay_s = backoff_s(self._policy, attempt, self._runtime.draw) + (failure.hold_s or 0.0)
        is_too_long = delay_s > self._policy.max_wait_s or delay_s >= self._left_s(request)
        return None if is_too_long else delay_s

    def _left_s(self, request: Request) -> float:
        return request.until - self._clock.monotonic()

    def _circuit_open(self) -> ProviderUnavailable:
        wait_s = self.breaker.wait_s
        return ProviderUnavailable(
            self._failure("circuit_open", "is left alone after it failed", hold_s=wait_s)
        )

    def _failure(self, kind: str, what: str, *, hold_s: float | None = None) -> Failure:
        return Failure(provider=self._endpoint.provider, kind=kind, what=what, hold_s=hold_s)


def native_options(
    options: EmbedOptions, endpoint: Endpoint, wanted: int, *, may_exceed: bool, has_prefix: bool
) -> EmbedOptions | None:
    """The options that an API itself takes; None: it can't do what is asked with this text."""
    dimensions = wanted if endpoint.sends_dimensions(wanted) else None
    truncation = options.truncation
    # An API that cuts the beginning cuts the prefix.
    is_prefix_cut = has_prefix and truncation is Truncation.START
    if truncation not in endpoint.truncations or is_prefix_cut:
        if Truncation.NONE in endpoint.truncations:
            truncation = Truncation.NONE
        elif may_exceed:
            return None
        else:
            truncation = Truncation.END
    return replace(options, dimensions=dimensions, truncation=truncation)
