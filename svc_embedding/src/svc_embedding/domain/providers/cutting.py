"""Shortens texts for providers that refuse what is too long and keep their tokenizer."""

from __future__ import annotations

from typing import Final

from svc_embedding.domain.embedding import Truncation

MAX_CUTS: Final = 5
# A little less than what is left should do at once: tokens are not evenly spread.
_MARGIN: Final = 0.95
_BYTES_PER_TOKEN: Final = 4


def shortened(
    text: str, *, prefix: str, keep: Truncation, max_tokens: int, token_count: int, cut: int
) -> str:
    """The text, shorter than it was.

    Args:
        prefix: What it begins with, and will.
        keep: `END` cuts the end off, `START` the beginning.
        max_tokens: What the model reads.
        token_count: Tokens that the provider counted in this text; 0: it did not say.
        cut: How often it was cut, 1 for this time. The last cut leaves one byte for each
            token, which fits whatever the vocabulary.
    """
    size = len(text.encode())
    if cut >= MAX_CUTS:
        size_wanted = max_tokens - 2
    elif token_count > max_tokens:
        size_wanted = int(size * max_tokens / token_count * _MARGIN)
    else:
        size_wanted = min(size // 2, max_tokens * _BYTES_PER_TOKEN)
    size_wanted = max(min(size_wanted, size - 1) - len(prefix.encode()), 1)
    return prefix + _cut(text.removeprefix(prefix), size_wanted, keep)


def _cut(text: str, size: int, keep: Truncation) -> str:
    data = text.encode()
    # What was cut in the middle of a character loses the character.
    if keep is Truncation.START:
        return data[-size:].decode(errors="ignore") or text[-1:]
    return data[:size].decode(errors="ignore") or text[:1]
