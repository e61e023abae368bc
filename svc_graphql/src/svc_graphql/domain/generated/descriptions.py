"""Descriptions out of texts in several languages."""

from __future__ import annotations

from svc_graphql.domain.ontology.model import Texts

DEPRECATED = "Deprecated in the ontology."
_MAX_DESCRIPTION = 4_000


def described(texts: Texts, id_: str) -> str | None:
    """A description in Markdown: names, then descriptions, each with its language; None of none.

    A text in one language alone stands without it. What passes 4,000 characters is cut.
    """
    parts = [_lines(texts.labels, without=id_), _lines(texts.descriptions)]
    text = "\n\n".join(part for part in parts if part)
    if len(text) > _MAX_DESCRIPTION:
        return text[: _MAX_DESCRIPTION - 1] + "…"
    return text or None


def deprecation(texts: Texts) -> str | None:
    """Why something is deprecated; None when it isn't."""
    return DEPRECATED if texts.is_deprecated else None


def _lines(texts: tuple[tuple[str, str], ...], without: str = "") -> str:
    said = [(language, text.strip()) for language, text in texts]
    if len({language for language, _ in said}) <= 1:
        return "\n".join(text for _, text in said if text != without)
    return "\n".join(f"[{language or 'und'}] {text}" for language, text in said)
