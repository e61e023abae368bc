"""Files with one model of one provider, and what is asked of it."""

from __future__ import annotations

from typing import Any

from svc_embedding.domain.embedding import EmbedOptions, Purpose

QUERY = EmbedOptions(purpose=Purpose.QUERY)
DOCUMENT = EmbedOptions(purpose=Purpose.DOCUMENT)


def tables(kind: str, /, model: str = "m", facts: dict[str, Any] | None = None, **keys: Any) -> Any:
    """A file with one model and one provider."""
    if kind not in {"tei", "openai_compatible", "vertex"}:
        keys.setdefault("key_env", "K")
    provider = {"kind": kind, "model": model, "max_attempts": 1, **keys}
    return {
        "models": [
            {"id": "m", "dimensions": 8, "max_tokens": 32, **(facts or {}), "providers": [provider]}
        ]
    }


async def embed(
    open_models: Any, found: Any, texts: list[str], options: EmbedOptions | None = None
) -> Any:
    embedder = await open_models(found).get().ready()
    return await embedder.embed(texts, options or EmbedOptions())
