"""One request over HTTP, in any provider's dialect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from oms_core.clock import Clock
from oms_core.errors import InvalidField
from oms_outbound import (
    OutboundClient,
    OutboundError,
    OutboundRequest,
    OutboundResponse,
    OutboundTimeout,
    TargetRefused,
)

from svc_embedding.adapters.providers.dialect import Dialect
from svc_embedding.adapters.providers.problems import allowances_of, failure_of
from svc_embedding.domain.embedding import EmbedOptions, ModelFacts, Truncation
from svc_embedding.domain.providers.contract import Answer, RequestLimits
from svc_embedding.domain.providers.errors import (
    Failure,
    ProviderMisconfigured,
    ProviderUnavailable,
    wrong_answer,
)

# Reading more JSON than this takes longer than the event loop should stand still.
_LARGE_BODY: Final = 64 * 1024
_NO_ANSWER: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError)


class HttpEndpoint:
    """An `Endpoint` over the client for calls to the outside. The client belongs to the caller."""

    def __init__(
        self, dialect: Dialect, client: OutboundClient, limits: RequestLimits, clock: Clock
    ) -> None:
        self._dialect, self._client, self._clock = dialect, client, clock
        self._limits = limits

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        return self._dialect.target.facts

    @property
    def provider(self) -> str:
        """Such as `openai`."""
        return self._dialect.provider

    @property
    def base_url(self) -> str:
        """Scheme, host and path of where it is called."""
        return self._dialect.target.base_url

    @property
    def limits(self) -> RequestLimits:
        """The most that one request may hold."""
        return self._limits

    @property
    def truncations(self) -> frozenset[Truncation]:
        """What the API itself can be told to do with a text that is too long."""
        return self._dialect.truncations

    def sends_dimensions(self, dimensions: int) -> bool:
        """Whether the API itself shortens vectors to a length, so that it is told."""
        return self._dialect.sends_dimensions(dimensions)

    async def call(
        self, texts: Sequence[str], options: EmbedOptions, *, timeout_s: float
    ) -> Answer:
        """Sends one request; see `Endpoint.call`."""
        started = self._clock.monotonic()
        headers = await self._dialect.headers(timeout_s=timeout_s)
        left_s = max(timeout_s - (self._clock.monotonic() - started), 0.001)
        request = OutboundRequest(
            url=self._dialect.url,
            headers={
                **self._dialect.target.headers,
                **headers,
                "content-type": "application/json",
                "accept": "application/json",
            },
            body=orjson.dumps(self._dialect.body(texts, options)),
            timeout_s=left_s,
            is_repeatable=True,  # embedding twice changes nothing
        )
        response = await exchange(self._client, request, self.provider)
        names = dict(reversed(response.headers))
        if response.status != 200:
            now = self._clock.now()
            raise failure_of(self.provider, response.status, names, response.body, now)
        return await self._answer(response, names, len(texts))

    async def _answer(
        self, response: OutboundResponse, headers: Mapping[str, str], count: int
    ) -> Answer:
        if response.is_truncated:
            raise wrong_answer(self.provider, "answered more than so many vectors can be")
        if len(response.body) > _LARGE_BODY:
            answer = await asyncio.to_thread(self._read, response.body, headers, count)
        else:
            answer = self._read(response.body, headers, count)
        return Answer(
            vectors=answer.vectors,
            token_count=answer.token_count,
            counts=answer.counts,
            allowances=allowances_of(headers),
        )

    def _read(self, body: bytes, headers: Mapping[str, str], count: int) -> Answer:
        try:
            parsed: Any = orjson.loads(body)
        except ValueError:
            what = "answered something that is not JSON"
            raise wrong_answer(self.provider, what, is_retryable=True) from None
        try:
            return self._dialect.answer(parsed, headers, count)
        except _NO_ANSWER:
            what = "answered JSON that holds no vectors of its documented form"
            raise wrong_answer(self.provider, what) from None


async def exchange(
    client: OutboundClient, request: OutboundRequest, provider: str
) -> OutboundResponse:
    """Sends a request to a provider.

    Raises:
        ProviderUnavailable: there was no answer.
        ProviderMisconfigured: the address must not be called, or the request can't be sent.
    """
    try:
        return await client.send(request)
    except TargetRefused as exc:
        what = f"{exc.message}; `allow_private` permits it"
        raise ProviderMisconfigured(
            Failure(provider=provider, kind="target_refused", what=what)
        ) from exc
    except OutboundError as exc:
        # A second attempt rarely helps where the certificate or the protocol is wrong.
        is_retryable = exc.kind.value in {"dns_failure", "connect_failure", "connection_lost"}
        raise ProviderUnavailable(
            Failure(
                provider=provider,
                kind=exc.kind.value,
                what=exc.message,
                is_retryable=is_retryable or isinstance(exc, OutboundTimeout),
            )
        ) from exc
    except InvalidField as exc:
        raise ProviderMisconfigured(
            Failure(provider=provider, kind="request_refused", what=exc.message)
        ) from exc
