"""Texts as the numbers that a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from oms_core.errors import FieldViolation, InvalidField, TextTooLong
from tokenizers import Tokenizer

from svc_embedding.adapters.onnx.folder import unusable
from svc_embedding.domain.embedding import TokenCount, Truncation
from svc_embedding.domain.models import Token

_PROBE: Final = "a"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text, or two, as the model reads them.

    Args:
        ids: int32, special tokens included, cut to what the model reads.
        segments: int32; to which of two texts each belongs. None for one text.
    """

    ids: NDArray[np.int32]
    count: TokenCount
    segments: NDArray[np.int32] | None = None


class TextTokenizer:
    """A model's tokenizer. Its methods block; they may run on several threads at once.

    Args:
        max_tokens: Special tokens included.
    Raises:
        ModelUnusable: the file is cut, or no tokenizer.
    """

    def __init__(self, file: Path, *, model: str, max_tokens: int) -> None:
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
            # As published some pad and cut; here neither may happen unseen.
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            mask: list[int] = self._tokenizer.encode(_PROBE).special_tokens_mask
        except Exception as exc:
            raise unusable(model, "can't be read as a tokenizer", file=file.name) from exc
        self._before, self._after = _edges(mask)
        self._max_tokens = max_tokens

    @property
    def special_count(self) -> int:
        """How many special tokens every text gets."""
        return self._before + self._after

    def encode(
        self, texts: Sequence[str], truncation: Truncation, *, prefix: str = "", start: int = 0
    ) -> list[Encoded]:
        """Tokenises texts.

        Args:
            prefix: Put before each.
            start: Index of the first in its request, for errors.
        Raises:
            InvalidField: a text has nothing that the model reads, such as control characters alone.
            TextTooLong: a text is too long, and is not to be cut.
        """
        prefixed = [prefix + text for text in texts] if prefix else list(texts)
        encodings = self._tokenizer.encode_batch_fast(prefixed)
        encoded: list[Encoded] = []
        for index, encoding in enumerate(encodings, start):
            ids, kept = encoding.ids, 0
            if prefix and truncation is Truncation.START and len(ids) > self._max_tokens:
                kept = self._tokens_before(prefixed[index - start], len(prefix))
            encoded.append(self._one(ids, truncation, index, kept))
        return encoded

    def from_ids(self, ids: Sequence[int], truncation: Truncation, *, index: int) -> Encoded:
        """A text that came as tokens, without special ones.

        Raises:
            InvalidField: a token is not in the vocabulary.
            TextTooLong: as `encode`.
        """
        size: int = self._tokenizer.get_vocab_size(with_added_tokens=True)
        wrong = next((each for each in ids if not 0 <= each < size), None)
        if wrong is not None:
            raise InvalidField.of(f"input[{index}]", f"token {wrong} is not in the vocabulary")
        edge: list[int] = self._tokenizer.encode(_PROBE).ids
        whole = [*edge[: self._before], *ids, *edge[len(edge) - self._after :]]
        return self._one(whole, truncation, index)

    def encode_pairs(self, query: str, documents: Sequence[str]) -> list[Encoded]:
        """Tokenises a query with each document, whose end is cut where both are too long."""
        encodings = self._tokenizer.encode_batch([(query, document) for document in documents])
        return [self._pair(encoding, index) for index, encoding in enumerate(encodings)]

    def tokens(self, texts: Sequence[str], *, add_special_tokens: bool) -> list[list[Token]]:
        """The tokens of texts, none cut off."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=add_special_tokens)
        return [
            [
                Token(number, piece, start, end)
                for number, piece, (start, end) in zip(
                    each.ids, each.tokens, each.offsets, strict=True
                )
            ]
            for each in encodings
        ]

    def _one(self, ids: list[int], truncation: Truncation, index: int, prefix: int = 0) -> Encoded:
        total = len(ids)
        if total <= self.special_count:
            why = "has nothing that the model reads, only white space or control characters"
            raise InvalidField(
                f"texts[{index}]: {why}",
                fields=[FieldViolation(f"texts[{index}]", why)],
                metadata={"index": str(index)},
            )
        if total > self._max_tokens:
            ids = self._cut(ids, truncation, index, prefix)
        count = TokenCount(len(ids), total, total > len(ids))
        return Encoded(np.array(ids, np.int32), count)

    def _tokens_before(self, text: str, place: int) -> int:
        """How many tokens of a text end at a character or before it; special ones left out."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return sum(1 for _, end in encoding.offsets if end <= place)

    def _cut(self, ids: list[int], truncation: Truncation, index: int, prefix: int) -> list[int]:
        if truncation is Truncation.NONE:
            raise TextTooLong(
                f"texts[{index}] has {len(ids)} tokens, more than the {self._max_tokens} that the "
                "model reads; cut it, or allow truncation",
                metadata={
                    "index": str(index),
                    "token_count": str(len(ids)),
                    "max_tokens": str(self._max_tokens),
                },
                fields=[FieldViolation(f"texts[{index}]", "is longer than the model reads")],
            )
        if truncation is Truncation.START:
            # The prefix stays, but there is room for one token of the text at least.
            head = min(self._before + prefix, self._max_tokens - self._after - 1)
            return [*ids[:head], *ids[len(ids) - (self._max_tokens - head) :]]
        end = len(ids) - self._after
        return [*ids[: self._max_tokens - self._after], *ids[end:]]

    def _pair(self, encoding: Any, index: int) -> Encoded:
        ids, segments = encoding.ids, encoding.type_ids
        total, surplus = len(ids), len(ids) - self._max_tokens
        if surplus > 0:
            end = total - self._after
            second = sum(1 for each in encoding.sequence_ids if each == 1)
            if surplus >= second:
                raise InvalidField.of(
                    "query", f"leaves no room for documents[{index}] in {self._max_tokens} tokens"
                )
            ids = [*ids[: end - surplus], *ids[end:]]
            segments = [*segments[: end - surplus], *segments[end:]]
        count = TokenCount(len(ids), total, surplus > 0)
        return Encoded(np.array(ids, np.int32), count, np.array(segments, np.int32))


def _edges(mask: Sequence[int]) -> tuple[int, int]:
    """How many special tokens stand before a text, and how many behind it."""
    before = next((place for place, is_special in enumerate(mask) if not is_special), len(mask))
    behind = next((place for place, is_special in enumerate(reversed(mask)) if not is_special), 0)
    return before, behind
