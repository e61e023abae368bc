"""Texts in requests that stay within a provider's limits, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from oms_core.errors import InvalidField

from svc_embedding.domain.providers.contract import RequestLimits

# A token of English is a little over 4 bytes of UTF-8 in the vocabularies in use, one of Korean
# about 3, one of code or digits 2 to 3: a guess that is rather too high.
_BYTES_PER_TOKEN_ASCII: Final = 3
_BYTES_PER_TOKEN: Final = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on its way to a provider.

    Args:
        index: Its place in the call.
        text: With the model's prefix.
        prefix: What the text begins with that must not be cut.
        size_bytes: In UTF-8.
        tokens: Estimated, rather too many than too few.
    """

    index: int
    text: str
    size_bytes: int
    tokens: int
    prefix: str = ""

    def may_exceed(self, max_tokens: int) -> bool:
        """Whether the text may be longer than a model reads; 0: nobody knows how much."""
        return max_tokens > 0 and self.size_bytes > max_tokens * _BYTES_PER_TOKEN


def piece(index: int, text: str, prefix: str = "") -> Piece:
    """Measures a text that begins with a prefix.

    Raises:
        InvalidField: it holds half of a surrogate pair, which has no UTF-8.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        where, what = f"texts[{index}]", f"character {exc.start} is half of a surrogate pair"
        raise InvalidField.of(where, what) from None
    return Piece(index, text, size, estimated_tokens(size, is_ascii=text.isascii()), prefix)


def estimated_tokens(size_bytes: int, *, is_ascii: bool) -> int:
    """About how many tokens a text has, with two special ones."""
    return size_bytes // (_BYTES_PER_TOKEN_ASCII if is_ascii else _BYTES_PER_TOKEN) + 3


def batches(
    pieces: Sequence[Piece], limits: RequestLimits, *, max_tokens: int
) -> Iterator[Sequence[Piece]]:
    """Cuts pieces into requests, in their order.

    A text that may be too long for the model is a request of its own: so an error is about it
    alone, and so is the number of tokens that were read. One that breaks a limit by itself is sent
    all the same: the provider counts better than an estimate does.

    Args:
        max_tokens: What the model reads of a text at most; 0: not known.
    """
    batch: list[Piece] = []
    tokens = size = 0
    for each in pieces:
        is_alone = each.may_exceed(max_tokens)
        is_over = (
            len(batch) >= limits.texts
            or (limits.tokens and tokens + each.tokens > limits.tokens)
            or size + each.size_bytes > limits.text_bytes
        )
        if batch and (is_over or is_alone):
            yield batch
            batch, tokens, size = [], 0, 0
        batch.append(each)
        tokens, size = tokens + each.tokens, size + each.size_bytes
        if is_alone:
            yield batch
            batch, tokens, size = [], 0, 0
    if batch:
        yield batch


def shares(total: int, pieces: Sequence[Piece]) -> Sequence[int]:
    """What each text has of the tokens of a request, by its size; they add up to the total."""
    weights = [each.size_bytes + 1 for each in pieces]
    whole, before, given = sum(weights), 0, 0
    parts: list[int] = []
    for weight in weights:
        before += weight
        upto = total * before // whole
        parts.append(upto - given)
        given = upto
    return parts
