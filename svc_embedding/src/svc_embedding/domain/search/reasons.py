"""Why something was found or is recommended, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from svc_embedding.domain.indexes.words import common_terms, same_name, terms_of
from svc_embedding.domain.search.contents import Content

_SHOWN: Final = 6


class ReasonKind(Enum):
    """What speaks for it."""

    MEANING = "meaning"
    WORDS = "words"
    SAME_NAME = "same_name"
    SHARED_PROPERTIES = "shared_properties"
    SIMILAR_TYPES = "similar_types"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason; `weight` is between 0 and 1."""

    kind: ReasonKind
    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A content that was found."""

    content: Content
    score: float
    similarity: float = 0.0
    reasons: Sequence[Reason] = ()


def is_named(content: Content, names: Sequence[str]) -> bool:
    """Whether one of its names is one of these, but for case and punctuation."""
    return any(same_name(own, name) for own in content.names for name in names)


def reasons_for(
    content: Content, names: Sequence[str], text: str, similarity: float
) -> list[Reason]:
    """What a content has in common with names and a text, the strongest first."""
    found: list[Reason] = []
    shared_name = next((own for own in content.names for n in names if same_name(own, n)), "")
    if shared_name:
        found.append(Reason(ReasonKind.SAME_NAME, f"has the same name: {shared_name}", 1.0))
    if similarity > 0:
        weight = min(1.0, similarity)
        found.append(Reason(ReasonKind.MEANING, f"means nearly the same: {similarity:.2f}", weight))
    terms = terms_of(text, most=64)
    shared = common_terms(terms, terms_of(content.text))
    if shared:
        shown = ", ".join(shared[:_SHOWN])
        found.append(Reason(ReasonKind.WORDS, f"has the words: {shown}", len(shared) / len(terms)))
    return found


def shared_properties(left: Content, right: Content) -> Reason | None:
    """The properties that two elements have in common, by id."""
    mine, others = _property_ids(left), _property_ids(right)
    shared = [each for each in mine if each in others]
    if not shared:
        return None
    weight = 2 * len(shared) / (len(mine) + len(others))
    text = f"has the same properties: {', '.join(shared[:_SHOWN])}"
    return Reason(ReasonKind.SHARED_PROPERTIES, text, weight)


def _property_ids(content: Content) -> list[str]:
    return [each["property_id"] for each in content.body.get("properties", ())]
