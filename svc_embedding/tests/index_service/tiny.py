"""A small deterministic model: a text's vector is made of its words, and synonyms are one word."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from oms_core.errors import ServiceUnavailable, UnsupportedOperation
from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    ModelFacts,
    ServedBy,
    TokenCount,
)
from svc_embedding.domain.indexes.words import terms_of
from svc_embedding.domain.models import ModelState, ModelStatus

_SYNONYMS = {
    "client": "customer",
    "buyer": "customer",
    "mail": "email",
    "heat": "temperature",
    "warmth": "temperature",
}
_MAX_TERMS = 64


class TinyModel:
    """Implements `Model` and its `Embedder`."""

    def __init__(self, model_id: str, *, dimensions: int = 32, seed: int = 0) -> None:
        self.id = model_id
        self.provider = "tiny"
        self.facts = ModelFacts(
            model=model_id, source=model_id, dimensions=dimensions, max_tokens=_MAX_TERMS
        )
        self.embedded: list[str] = []
        self.is_down = False
        self.gate = asyncio.Event()
        self.gate.set()
        self._seed = seed

    def status(self) -> ModelStatus:
        return ModelStatus(facts=self.facts, state=ModelState.READY)

    async def ready(self) -> Any:
        return self

    async def load(self) -> None: ...

    async def unload(self) -> None: ...

    async def tokenize(self, texts: Sequence[str], *, add_special_tokens: bool) -> Any:
        raise UnsupportedOperation("tiny")

    async def rerank(self, query: str, documents: Sequence[str], *, priority: Any) -> Any:
        raise UnsupportedOperation("tiny")

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        await self.gate.wait()
        if self.is_down:
            raise ServiceUnavailable("down")
        self.embedded += texts
        terms = [terms_of(text) for text in texts]
        vectors = np.stack([self._vector(each[:_MAX_TERMS]) for each in terms])
        counts = [
            TokenCount(min(len(each), _MAX_TERMS), len(each), len(each) > _MAX_TERMS)
            for each in terms
        ]
        length = options.dimensions or self.facts.dimensions
        served = ServedBy(model=self.id, space=self.facts.space(length), provider="tiny")
        return Embeddings(vectors[:, :length], counts, served)

    def _vector(self, terms: Sequence[str]) -> Any:
        total = np.full(self.facts.dimensions, 0.01, np.float32)
        for term in terms:
            word = _SYNONYMS.get(term, term)
            seed = zlib.crc32(word.encode()) + self._seed
            total += np.random.default_rng(seed).standard_normal(self.facts.dimensions)
        return (total / np.linalg.norm(total)).astype(np.float32)
