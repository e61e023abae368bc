"""Full text without a language: the words of a text, and how much each says.

Whole words as they are written but for case and compatibility forms, the parts of `camelCase` and
`snake_case`, and pairs of characters of scripts that are written without spaces or that inflect by
gluing (Chinese, Japanese, Korean): those find a part of a word.
Source: BM25 with binary term frequency, Robertson and Zaragoza 2009, section 3.1.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

MAX_TERMS: Final = 2048
"""Most different words of an entry that are found; the first ones."""
MAX_QUERY_TERMS: Final = 64
_MAX_WORD: Final = 64
_WORD: Final = re.compile(r"[^\W_]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GLUED: Final = re.compile(
    "[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+"
)
_B: Final = 0.75
_SATURATION: Final = 1.2
_SCANNED: Final = 64 * 1024


def terms_of(text: str, *, most: int = MAX_TERMS) -> list[str]:
    """The different words of a text, in the order in which they come first."""
    found: dict[str, None] = {}
    normal = unicodedata.normalize("NFKC", text[:_SCANNED])
    for match in _WORD.finditer(normal):
        for term in _parts(match.group()):
            found.setdefault(term[:_MAX_WORD])
        if len(found) >= most:
            break
    return list(found)[:most]


def _parts(word: str) -> list[str]:
    whole = word.casefold()
    parts = [whole]
    if not word.islower():
        parts += [part.casefold() for part in _CAMEL.split(word)]
    for run in _GLUED.findall(whole):
        parts += [run[at : at + 2] for at in range(len(run) - 1)]
    return parts


def rarity(holding: int, total: int) -> float:
    """What finding a word says, by how many of all entries have it; above 0."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def length_factor(length: int, average: float) -> float:
    """What finding a word says less in a long entry: 1 for one of average length."""
    relative = 1 - _B + _B * (length / average if average else 1.0)
    return (_SATURATION + 1) / (1 + _SATURATION * relative)


def same_name(left: str, right: str) -> bool:
    """Whether two names differ in case, punctuation and spaces alone."""
    return _bare(left) == _bare(right) != ""


def _bare(name: str) -> str:
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", name))).casefold()


def common_terms(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """The words that two texts share, in the order of the first."""
    others = set(right)
    return [term for term in left if term in others]
