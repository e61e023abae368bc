"""Embedding what is tokens already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from svc_embedding.domain.embedding import Embeddings, EmbedOptions


@runtime_checkable
class TokenEmbedder(Protocol):
    """An `Embedder` that takes tokens too."""

    async def embed_tokens(
        self, tokens: Sequence[Sequence[int]], options: EmbedOptions
    ) -> Embeddings:
        """Embeds lists of tokens without special ones; raises as `Embedder.embed`.

        Args:
            tokens: At least one list, none empty.
        """
        ...
