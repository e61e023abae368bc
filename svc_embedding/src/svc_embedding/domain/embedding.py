"""What it means to embed texts, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]
"""Vectors as rows, shape (texts, dimensions)."""


class Purpose(Enum):
    """What a text is; decides the prefix that a model was trained with."""

    ANY = "any"
    QUERY = "query"
    DOCUMENT = "document"


class Truncation(Enum):
    """What is done with a text that is longer than the model reads."""

    END = "end"
    START = "start"
    NONE = "none"


class Priority(Enum):
    """Which lane of the queue work takes."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedOptions:
    """How texts are embedded.

    Args:
        dimensions: Length that vectors are cut to; None: the model's own.
    """

    purpose: Purpose = Purpose.ANY
    dimensions: int | None = None
    truncation: Truncation = Truncation.END
    priority: Priority = Priority.BULK


@dataclass(frozen=True, slots=True)
class TokenCount:
    """How much of a text was read.

    Args:
        read: Tokens that the model read, with special tokens and prefix.
        total: Tokens of the whole text; 0: the provider does not tell.
        is_truncated: Whether the text was cut.
    """

    read: int
    total: int = 0
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedBy:
    """Who made vectors.

    Args:
        model: Id of the model as configured.
        space: Only vectors of one space may be compared; see `vector_space`.
        provider: Such as `onnx` or `openai`.
        execution_provider: Where a local model ran; else empty.
        is_fallback: Whether it is not the one that was asked for first.
    """

    model: str
    space: str
    provider: str
    execution_provider: str = ""
    is_fallback: bool = False


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors of texts, in the order of the texts.

    Args:
        vectors: float32, shape (texts, dimensions), finite.
        counts: One for each text.
    """

    vectors: Matrix
    counts: Sequence[TokenCount]
    served: ServedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of a model before it is used.

    Args:
        model: Id, `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`.
        source: Hub name, folder, or the provider's own name of it.
        max_tokens: Special tokens included; 0: the provider does not tell.
        matryoshka_dimensions: Shorter lengths it was trained for.
    """

    model: str
    source: str
    dimensions: int
    max_tokens: int
    revision: str = ""
    digest: str = ""
    license: str = ""
    pooling: str = ""
    is_normalized: bool = True
    precision: str = ""
    query_prefix: str = ""
    document_prefix: str = ""
    matryoshka_dimensions: Sequence[int] = field(default=())

    def prefix(self, purpose: Purpose) -> str:
        """What the model was trained to read before a text."""
        if purpose is Purpose.QUERY:
            return self.query_prefix
        return self.document_prefix if purpose is Purpose.DOCUMENT else ""

    def space(self, dimensions: int | None = None) -> str:
        """The vector space of vectors of a length; None: of the model's own."""
        return vector_space(
            self.source, self.revision or self.digest, dimensions or self.dimensions
        )


class Embedder(Protocol):
    """One provider that serves one model."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of the model."""
        ...

    @property
    def provider(self) -> str:
        """Such as `onnx` or `openai`."""
        ...

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        """Embeds texts; safe to call from many tasks at once, and to cancel.

        Args:
            texts: At least one, none of white space alone; any number and length within the
                limits of the API.
        Raises:
            InvalidField: a text, or the dimensions, can't be embedded by this model.
            TextTooLong: with `Truncation.NONE`; carries `index`, `token_count`, `max_tokens`.
            LimitExceeded: the queue is full or a quota is used up; carries when to try again.
            ServiceUnavailable: the provider does not answer; safe to retry, also elsewhere.
            ModelUnusable: the configuration has to be mended first.
        """
        ...


def vector_space(source: str, version: str, dimensions: int) -> str:
    """Names a vector space: vectors are comparable exactly if their spaces are equal.

    Precision, device and provider are no part of it: they change a vector by less than rank order
    notices, and what serves a model has to serve the same weights.
    """
    return f"{source}@{version}#{dimensions}" if version else f"{source}#{dimensions}"
