"""A model of this service as a link of a chain."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from oms_core.errors import InvalidField, OmsError, TextTooLong

from svc_embedding.domain.embedding import Embeddings, EmbedOptions, ModelFacts
from svc_embedding.domain.models import Model, ProviderStatus
from svc_embedding.domain.providers.accounts import Account
from svc_embedding.domain.providers.errors import Failure, ProviderUnavailable


class LocalLink:
    """Hands calls to a model that the service runs itself, and loads it with the first one.

    It has a queue and limits of its own, so there is neither a circuit breaker nor a second
    attempt: when it can't answer, the next link is asked.

    Args:
        timeout_s: Longest time for a call, loading included.
    """

    provider = "onnx"

    def __init__(self, model: Model, *, timeout_s: float) -> None:
        self.model = model
        self._timeout_s = timeout_s
        self.account = Account(model.id, self.provider)

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        return self.model.status().facts

    def status(self) -> ProviderStatus:
        """How the provider fares."""
        told = self.model.status().providers
        return told[0] if told else ProviderStatus(provider=self.provider)

    async def embed(
        self, texts: Sequence[str], options: EmbedOptions, *, budget_s: float
    ) -> Embeddings:
        """Embeds as `Embedder.embed` does, within the budget."""
        limit_s = min(self._timeout_s, budget_s)
        self.account.calls += 1
        try:
            async with asyncio.timeout(None if math.isinf(limit_s) else limit_s):
                embedder = await self.model.ready()
                result = await embedder.embed(texts, options)
        except TimeoutError:
            self.account.failures["timeout"] += 1
            what = f"did not answer within {limit_s:.3g} s"
            raise ProviderUnavailable(
                Failure(provider=self.provider, kind="timeout", what=what)
            ) from None
        except (InvalidField, TextTooLong):
            raise
        except OmsError as exc:
            self.account.failures[exc.reason.lower()] += 1
            raise
        self.account.called(sum(count.read for count in result.counts), 0.0)
        return result
