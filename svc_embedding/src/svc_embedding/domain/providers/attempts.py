"""One request to a provider, sent until it is answered or not worth another attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from oms_core.breaker import CircuitBreaker
from oms_core.errors import OmsError

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


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent.

    Args:
        options: As the endpoint takes them.
        wanted: Length of the vectors; what is sent may be longer, and is cut.
        until: When there has to be an answer, on the monotonic clock.
    """

    pieces: Sequence[Piece]
    options: EmbedOptions
    wanted: int
    until: float


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


class _NotSent(Exception):
    """A request that did not get its turn."""

    def __init__(self, error: OmsError) -> None:
        super().__init__(error.message)
        self.error = error


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
        reservation = await self._admitted(request)
        try:
            reply = await self._call_in_turn(request)
        except _NotSent as exc:
            self._limit.give_back(reservation)
            raise exc.error from None
        except BaseException:
            # What failed was not read; what a provider charges for it all the same is its secret.
            self._limit.settle(reservation, 0)
            raise
        self._limit.settle(reservation, reply.token_count)
        return reply

    async def _admitted(self, request: Request) -> Reservation:
        if self.breaker.wait_s > 0:
            raise self._circuit_open()
        reservation = self._limit.reserve(sum(piece.tokens for piece in request.pieces))
        try:
            await self._wait(reservation.wait_s, request)
        except BaseException:
            self._limit.give_back(reservation)
            raise
        return reservation

    async def _wait(self, seconds: float, request: Request) -> None:
        if seconds <= 0:
            return
        if seconds > self._policy.max_wait_s or seconds >= self._left_s(request):
            what = f"its rate limit lets this call pass in {seconds:.3g} s"
            raise ProviderBusy(self._failure("rate_limit", what, hold_s=seconds))
        await self._runtime.sleep(seconds)

    async def _call_in_turn(self, request: Request) -> Reply:
        longest_s = min(self._policy.max_wait_s, max(self._left_s(request), 0.0))
        try:
            async with asyncio.timeout(longest_s):
                await self._slots.acquire()
        except TimeoutError:
            what = f"{self._policy.max_concurrency} requests are under way, which is the limit"
            raise _NotSent(ProviderBusy(self._failure("concurrency", what))) from None
        try:
            if not self.breaker.allows():
                raise _NotSent(self._circuit_open())
            return await self._call(request)
        finally:
            self._slots.release()

    async def _call(self, request: Request) -> Reply:
        """The call that the breaker allowed; tells it how that ended."""
        started = self._clock.monotonic()
        try:
            reply = await self._exchange(request, started)
        except TextsRefused:
            self._note("text_too_long", is_alive=True)
            raise
        except ProviderBusy as exc:
            self._note(exc.failure.kind, is_alive=True)
            self._limit.close(exc.failure.hold_s or 0.0)
            raise
        except ProviderError as exc:
            self._note(exc.failure.kind, is_alive=False)
            self._limit.close(exc.failure.hold_s or 0.0)
            raise
        except BaseException:
            self.breaker.abandoned()
            raise
        self.breaker.succeeded()
        self.account.is_open = False
        return reply

    async def _exchange(self, request: Request, started: float) -> Reply:
        timeout_s = min(self._policy.timeout_s, self._left_s(request))
        if timeout_s <= 0:
            raise ProviderUnavailable(self._failure("deadline", "no time was left to ask it"))
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

    def _note(self, kind: str, *, is_alive: bool) -> None:
        self.account.failures[kind] += 1
        if is_alive:
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
    options: EmbedOptions, endpoint: Endpoint, wanted: int, *, may_exceed: bool
) -> EmbedOptions | None:
    """The options that an API itself takes; None: it can't do what is asked with this text."""
    dimensions = wanted if endpoint.sends_dimensions(wanted) else None
    truncation = options.truncation
    if truncation not in endpoint.truncations:
        if Truncation.NONE in endpoint.truncations:
            truncation = Truncation.NONE
        elif may_exceed:
            return None
        else:
            truncation = Truncation.END
    return replace(options, dimensions=dimensions, truncation=truncation)
