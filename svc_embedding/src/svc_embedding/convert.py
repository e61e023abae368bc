"""Texts, vectors and models: proto to domain and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp
from oms.embedding.v1 import embedding_service_pb2 as pb
from oms.embedding.v1 import model_service_pb2 as model_pb
from oms_core.errors import FieldViolation, InvalidField

from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    Matrix,
    Priority,
    Purpose,
    ServedBy,
    TokenCount,
    Truncation,
)
from svc_embedding.domain.encoding import Encoding, Vector, pack, unpack
from svc_embedding.domain.models import (
    Capability,
    ModelState,
    ModelStatus,
    ProviderStatus,
    Token,
    model_name,
)
from svc_embedding.domain.vectors import Metric, check_finite, invalid_vector

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 16 * MIB
"""Most of the texts of one call together, in UTF-8."""
MOST_NUMBERS: Final = 16_384
"""Most numbers of a vector."""
_INTERACTIVE_TEXTS: Final = 32

_PURPOSES: Final = {1: Purpose.QUERY, 2: Purpose.DOCUMENT}
_TRUNCATIONS: Final = {2: Truncation.START, 3: Truncation.NONE}
_PRIORITIES: Final = {1: Priority.INTERACTIVE, 2: Priority.BULK}
_METRICS: Final = {2: Metric.DOT, 3: Metric.EUCLIDEAN}
_ENCODINGS: Final[dict[int, Encoding]] = {
    pb.VECTOR_ENCODING_PACKED_FLOAT32: Encoding.PACKED_FLOAT32,
    pb.VECTOR_ENCODING_FLOAT16: Encoding.FLOAT16,
    pb.VECTOR_ENCODING_INT8: Encoding.INT8,
    pb.VECTOR_ENCODING_BINARY: Encoding.BINARY,
}
_ENCODINGS_PB: Final[dict[Encoding, Any]] = {value: key for key, value in _ENCODINGS.items()} | {
    Encoding.FLOAT32: pb.VECTOR_ENCODING_FLOAT32
}
_CAPABILITIES: Final = {
    Capability.EMBED: model_pb.MODEL_CAPABILITY_EMBED,
    Capability.RERANK: model_pb.MODEL_CAPABILITY_RERANK,
    Capability.TOKENIZE: model_pb.MODEL_CAPABILITY_TOKENIZE,
}
_STATES: Final = {
    ModelState.UNLOADED: model_pb.MODEL_STATE_UNLOADED,
    ModelState.LOADING: model_pb.MODEL_STATE_LOADING,
    ModelState.READY: model_pb.MODEL_STATE_READY,
    ModelState.FAILED: model_pb.MODEL_STATE_FAILED,
}
# Field `values` of Vector on the wire: number 3, length-delimited.
_VALUES_TAG: Final = b"\x1a"


def options_from_pb(
    options: pb.EmbedOptions, count: int, *, is_stream: bool = False
) -> EmbedOptions:
    """How `count` texts are embedded."""
    return EmbedOptions(
        purpose=_PURPOSES.get(options.purpose, Purpose.ANY),
        dimensions=options.dimensions or None,
        truncation=_TRUNCATIONS.get(options.truncation, Truncation.END),
        priority=priority_from_pb(options.priority, count, is_stream=is_stream),
    )


def priority_from_pb(priority: int, count: int, *, is_stream: bool = False) -> Priority:
    """The lane of `count` texts: a few are interactive unless said otherwise."""
    is_bulk = is_stream or count > _INTERACTIVE_TEXTS
    return _PRIORITIES.get(priority, Priority.BULK if is_bulk else Priority.INTERACTIVE)


def metric_from_pb(metric: int) -> Metric:
    """How vectors are compared; cosine unless said otherwise."""
    return _METRICS.get(metric, Metric.COSINE)


def encoding_from_pb(encoding: int) -> Encoding:
    """How vectors come back; float32 numbers unless said otherwise."""
    return _ENCODINGS.get(encoding, Encoding.FLOAT32)


def checked_texts(
    texts: Sequence[str], field: str = "texts", *, most_bytes: int = MOST_BYTES
) -> Sequence[str]:
    """The texts, none of white space alone, and not too much together.

    Raises:
        InvalidField: names the text at fault.
    """
    for index, text in enumerate(texts):
        if not text or text.isspace():
            where = f"{field}[{index}]"
            why = "has to hold more than white space"
            raise InvalidField(
                f"{where}: {why}",
                fields=[FieldViolation(where, why)],
                metadata={"index": str(index)},
            )
    if sum(map(len, texts)) > most_bytes or sum(len(t.encode()) for t in texts) > most_bytes:
        raise InvalidField.of(field, f"have more than {most_bytes} bytes together; send fewer")
    return texts


def embeddings_to_pb(embeddings: Embeddings, encoding: Encoding) -> list[pb.Embedding]:
    """The vectors with what was read of each text. Takes about 5 µs a text."""
    vectors = embeddings.vectors
    written = [vector_to_pb(each, encoding) for each in _rows(vectors, encoding)]
    return [
        _embedding(vector, count) for vector, count in zip(written, embeddings.counts, strict=True)
    ]


def _embedding(vector: pb.Vector, count: TokenCount) -> pb.Embedding:
    return pb.Embedding(
        vector=vector,
        token_count=count.read,
        total_token_count=count.total,
        is_truncated=count.is_truncated,
    )


def _rows(vectors: Matrix, encoding: Encoding) -> list[tuple[bytes, float, int]]:
    packed, scales = pack(vectors, encoding)
    size = int(vectors.shape[1])
    return [(raw, scale, size) for raw, scale in zip(packed, scales, strict=True)]


def vector_to_pb(row: tuple[bytes, float, int], encoding: Encoding) -> pb.Vector:
    """A vector out of its bytes, what they are multiplied by, and how many numbers it has."""
    raw, scale, size = row
    vector = pb.Vector(encoding=_ENCODINGS_PB[encoding], dimensions=size)
    if encoding is Encoding.FLOAT32:
        # A packed field of floats is their little-endian bytes: no number becomes an object.
        vector.MergeFromString(_VALUES_TAG + _varint(len(raw)) + raw)
    else:
        vector.packed, vector.scale = raw, scale
    return vector


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def vector_from_pb(vector: pb.Vector, index: int) -> Vector:
    """The numbers of a vector, all finite.

    Raises:
        InvalidVector: they are not, or are not as many as it says; carries `index`.
    """
    encoding = encoding_from_pb(vector.encoding)
    if encoding is Encoding.FLOAT32:
        numbers = np.array(vector.values, np.float32)
        if vector.dimensions not in (0, len(numbers)):
            raise invalid_vector(index, f"has {len(numbers)} numbers, not {vector.dimensions}")
    else:
        numbers = unpack(
            vector.packed,
            encoding,
            dimensions=vector.dimensions,
            scale=vector.scale,
            index=index,
        )
    if not len(numbers):
        raise invalid_vector(index, "is empty")
    if len(numbers) > MOST_NUMBERS:
        why = f"has {len(numbers)} numbers, more than {MOST_NUMBERS}"
        raise invalid_vector(index, why)
    check_finite(numbers, index)
    return numbers


def tokens_to_pb(texts: Sequence[Sequence[Token]]) -> list[pb.TokenizeResponse.TokenList]:
    """The tokens of texts. Takes about 2 µs a token."""
    return [
        pb.TokenizeResponse.TokenList(
            tokens=[
                pb.TokenizeResponse.Token(
                    id=each.id, piece=each.piece, start=each.start, end=each.end
                )
                for each in tokens
            ]
        )
        for tokens in texts
    ]


def served_to_pb(served: ServedBy, token_count: int) -> pb.Served:
    """Who made vectors."""
    return pb.Served(
        model=model_name(served.model),
        vector_space=served.space,
        provider=served.provider,
        execution_provider=served.execution_provider,
        is_fallback=served.is_fallback,
        token_count=token_count,
    )


def tokens_of(embeddings: Embeddings) -> int:
    """Tokens that were read together."""
    return sum(count.read for count in embeddings.counts)


def model_to_pb(status: ModelStatus, *, is_default: bool) -> model_pb.Model:
    """A model as it is now."""
    facts = status.facts
    model = model_pb.Model(
        name=model_name(facts.model),
        source=facts.source,
        revision=facts.revision,
        digest=facts.digest,
        license=facts.license,
        vector_space=facts.space() if facts.dimensions else "",
        dimensions=facts.dimensions,
        matryoshka_dimensions=facts.matryoshka_dimensions,
        max_tokens=facts.max_tokens,
        pooling=facts.pooling,
        is_normalized=facts.is_normalized,
        query_prefix=facts.query_prefix,
        document_prefix=facts.document_prefix,
        capabilities=[_CAPABILITIES[each] for each in status.capabilities],
        state=_STATES[status.state],
        state_reason=status.state_reason,
        precision=facts.precision,
        providers=[_provider(each) for each in status.providers],
        is_default=is_default,
    )
    if status.load_time is not None:
        loaded = Timestamp()
        loaded.FromDatetime(status.load_time)
        model.load_time.CopyFrom(loaded)
    return model


def capability_from_pb(capability: int) -> Capability | None:
    """What is asked for; None: anything."""
    return next((key for key, value in _CAPABILITIES.items() if value == capability), None)


def _provider(status: ProviderStatus) -> model_pb.ModelProvider:
    return model_pb.ModelProvider(
        provider=status.provider,
        base_url=status.base_url,
        requested_execution_provider=status.requested_execution_provider,
        execution_provider=status.execution_provider,
        is_fallback=status.is_fallback,
        is_available=status.is_available,
        reason=status.reason,
        call_count=status.call_count,
        failure_count=status.failure_count,
        token_count=status.token_count,
        cost_micros=status.cost_micros,
    )
