"""A configured model with several providers, or with one elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from svc_embedding.domain.embedding import Embedder, Priority
from svc_embedding.domain.models import (
    Capability,
    Model,
    ModelState,
    ModelStatus,
    Ranking,
    Token,
    unsupported,
)
from svc_embedding.domain.providers.chain import Chain


class ChainedModel:
    """A `Model` over a chain. What only a local model can do is done by the chain's, if it has one.

    Args:
        local: The model of the chain that the service runs itself.
    """

    def __init__(self, model_id: str, chain: Chain, local: Model | None = None) -> None:
        self.id = model_id
        self._chain, self._local = chain, local

    def status(self) -> ModelStatus:
        """The model as it is now."""
        providers = [link.status() for link in self._chain.links]
        facts = self._chain.facts
        if self._local is None:
            return ModelStatus(facts=facts, state=ModelState.READY, providers=providers)
        local = self._local.status()
        is_alone = len(providers) == 1
        return ModelStatus(
            facts=local.facts if is_alone else facts,
            # Others answer while it is not loaded.
            state=local.state if is_alone else ModelState.READY,
            state_reason=local.state_reason,
            load_time=local.load_time,
            capabilities=local.capabilities,
            is_known=local.is_known or not is_alone,
            providers=providers,
        )

    async def ready(self) -> Embedder:
        """The chain; a local model that is alone in it is loaded first."""
        if self._local is not None and len(self._chain.links) == 1:
            await self._local.ready()
        return self._chain

    async def load(self) -> None:
        """Loads the local model, if there is one."""
        if self._local is not None:
            await self._local.load()

    async def unload(self) -> None:
        """Unloads the local model, if there is one."""
        if self._local is not None:
            await self._local.unload()

    async def tokenize(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> Sequence[Sequence[Token]]:
        """The tokens of texts, by the local model."""
        if self._local is None:
            raise unsupported(self.id, Capability.TOKENIZE)
        return await self._local.tokenize(texts, add_special_tokens=add_special_tokens)

    async def rerank(self, query: str, documents: Sequence[str], *, priority: Priority) -> Ranking:
        """Scores documents, by the local model."""
        if self._local is None:
            raise unsupported(self.id, Capability.RERANK)
        return await self._local.rerank(query, documents, priority=priority)
