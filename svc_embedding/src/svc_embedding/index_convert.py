"""Proto <-> domain for vector indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp
from oms.embedding.v1 import embedding_service_pb2 as embedding_pb2
from oms.embedding.v1 import index_service_pb2 as pb
from oms_core.errors import InvalidField, InvalidVector

from svc_embedding.domain.indexes.entries import Entry, MetadataValue, Vector
from svc_embedding.domain.indexes.filters import (
    MAX_DEPTH,
    All,
    AnyHolds,
    AnyOf,
    Compare,
    Comparison,
    Filter,
    HasKey,
    Not,
    Scalar,
)
from svc_embedding.domain.indexes.querying import Query, SearchMode
from svc_embedding.domain.indexes.ranking import Ranked
from svc_embedding.domain.indexes.records import Building, IndexRecord, Metric, index_name
from svc_embedding.domain.indexes.vector_index import MAX_DIMENSIONS
from svc_embedding.domain.indexes.writing import Draft
from svc_embedding.domain.models import model_name

_METRICS: Final = {
    embedding_pb2.METRIC_UNSPECIFIED: Metric.COSINE,
    embedding_pb2.METRIC_COSINE: Metric.COSINE,
    embedding_pb2.METRIC_DOT: Metric.DOT,
    embedding_pb2.METRIC_EUCLIDEAN: Metric.EUCLIDEAN,
}
_METRICS_OUT: Final = {
    Metric.COSINE: embedding_pb2.METRIC_COSINE,
    Metric.DOT: embedding_pb2.METRIC_DOT,
    Metric.EUCLIDEAN: embedding_pb2.METRIC_EUCLIDEAN,
}
_COMPARISONS: Final = {
    pb.COMPARISON_EQUAL: Comparison.EQUAL,
    pb.COMPARISON_NOT_EQUAL: Comparison.NOT_EQUAL,
    pb.COMPARISON_LESS: Comparison.LESS,
    pb.COMPARISON_LESS_OR_EQUAL: Comparison.LESS_OR_EQUAL,
    pb.COMPARISON_GREATER: Comparison.GREATER,
    pb.COMPARISON_GREATER_OR_EQUAL: Comparison.GREATER_OR_EQUAL,
}
SEARCH_MODES: Final = {
    pb.SEARCH_MODE_UNSPECIFIED: None,
    pb.SEARCH_MODE_VECTOR: SearchMode.VECTOR,
    pb.SEARCH_MODE_FULL_TEXT: SearchMode.WORDS,
    pb.SEARCH_MODE_HYBRID: SearchMode.HYBRID,
}
_PACKED: Final = {
    embedding_pb2.VECTOR_ENCODING_PACKED_FLOAT32: "<f4",
    embedding_pb2.VECTOR_ENCODING_FLOAT16: "<f2",
    embedding_pb2.VECTOR_ENCODING_INT8: "<i1",
}


def metric_of(message: pb.Index) -> Metric:
    """How the vectors of an index are compared."""
    return _METRICS[message.metric]


def dimensions_of(number: int, *, field: str) -> int:
    """A length of vectors that an index can have; 0: the model's own.

    Raises:
        InvalidField: it is too long.
    """
    if number > MAX_DIMENSIONS:
        raise InvalidField.of(field, f"is {number}; an index keeps at most {MAX_DIMENSIONS}")
    return number


def index_to_pb(record: IndexRecord, *, backend: str, count: int) -> pb.Index:
    """An index."""
    return pb.Index(
        name=index_name(record.id),
        description=record.description,
        model=model_name(record.active.model),
        metric=_METRICS_OUT[record.metric],
        dimensions=record.active.dimensions,
        vector_space=record.active.space,
        backend=backend,
        entry_count=count,
        generation=record.active.number,
        reindex=progress_to_pb(record.building) if record.building else None,
        create_time=timestamp(record.create_time),
    )


def progress_to_pb(building: Building) -> pb.ReindexProgress:
    """How far a re-index is."""
    return pb.ReindexProgress(
        model=model_name(building.generation.model),
        vector_space=building.generation.space,
        done_count=building.done,
        total_count=building.total,
        start_time=timestamp(building.start_time),
        generation=building.generation.number,
    )


def timestamp(moment: Any) -> Timestamp:
    """A time."""
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def draft_from_pb(message: pb.Entry, *, field: str) -> Draft:
    """An entry that is to be written.

    Raises:
        InvalidVector, InvalidField: names the field.
    """
    has_vector = message.HasField("vector")
    return Draft(
        id=message.entry_id,
        text=message.text,
        vector=vector_from_pb(message.vector, field=f"{field}.vector") if has_vector else None,
        metadata={key: _value(value) for key, value in message.metadata.items()},
    )


def vector_from_pb(message: embedding_pb2.Vector, *, field: str) -> Vector:
    """A vector in any encoding that keeps its numbers.

    Raises:
        InvalidVector: another encoding, or bytes that do not come out.
    """
    dtype = _PACKED.get(message.encoding)
    if dtype is None:
        if message.encoding == embedding_pb2.VECTOR_ENCODING_BINARY:
            raise _invalid(field, "one bit for each number is too little to compare by")
        return np.asarray(message.values, np.float32)
    if len(message.packed) % np.dtype(dtype).itemsize:
        raise _invalid(field, f"{len(message.packed)} bytes are no whole number of values")
    numbers = np.frombuffer(message.packed, dtype).astype(np.float32)
    is_scaled = message.encoding == embedding_pb2.VECTOR_ENCODING_INT8
    return numbers * np.float32(message.scale) if is_scaled else numbers


def _invalid(field: str, why: str) -> InvalidVector:
    return InvalidVector(f"{field}: {why}", metadata={"field": field})


def entry_to_pb(entry: Entry, *, with_vector: bool) -> pb.Entry:
    """An entry."""
    vector = embedding_pb2.Vector(
        encoding=embedding_pb2.VECTOR_ENCODING_FLOAT32,
        dimensions=entry.vector.size,
        values=entry.vector.tolist(),
    )
    return pb.Entry(
        entry_id=entry.id,
        text=entry.text,
        vector=vector if with_vector else None,
        metadata={key: _value_to_pb(value) for key, value in entry.metadata.items()},
    )


def ranked_to_pb(
    ranked: Ranked, entries: Mapping[str, Entry], *, with_vector: bool
) -> pb.ScoredEntry:
    """An entry that was found."""
    return pb.ScoredEntry(
        entry=entry_to_pb(entries[ranked.id], with_vector=with_vector),
        score=ranked.score,
        vector_rank=ranked.vector_rank,
        text_rank=ranked.text_rank,
    )


def query_from_pb(request: pb.QueryEntriesRequest) -> Query:
    """What entries are looked for.

    Raises:
        InvalidVector, InvalidField: names the field.
    """
    has_vector = request.WhichOneof("query") == "vector"
    return Query(
        namespace=request.namespace,
        text=request.text,
        vector=vector_from_pb(request.vector, field="vector") if has_vector else None,
        entry_id=request.entry_id,
        mode=SEARCH_MODES[request.mode],
        where=filter_from_pb(request.filter) if request.HasField("filter") else None,
        space=request.vector_space,
        diversity=request.diversity,
        is_exact=request.exact,
    )


def filter_from_pb(message: pb.EntryFilter, *, depth: int = 1) -> Filter:
    """A filter.

    Raises:
        InvalidField: it is too deep, or compares with a list.
    """
    if depth > MAX_DEPTH:
        raise InvalidField.of("filter", f"is more than {MAX_DEPTH} levels deep")
    match message.WhichOneof("kind"):
        case "comparison":
            found = message.comparison
            comparison = _COMPARISONS[found.comparison]
            return Compare(found.key, comparison, _scalar(found.value, found.key))
        case "any_of":
            key = message.any_of.key
            return AnyOf(key, [_scalar(value, key) for value in message.any_of.values])
        case "has_key":
            return HasKey(message.has_key)
        case "all":
            return All([filter_from_pb(f, depth=depth + 1) for f in message.all.filters])
        case "any":
            return AnyHolds([filter_from_pb(f, depth=depth + 1) for f in message.any.filters])
        case _:
            return Not(filter_from_pb(getattr(message, "not"), depth=depth + 1))


def _scalar(message: pb.MetadataValue, key: str) -> Scalar:
    value = _value(message)
    if isinstance(value, str | float | bool):
        if isinstance(value, str) and "\x00" in value:
            raise InvalidField.of("filter", f"{key}: must not have a NUL character")
        return value
    raise InvalidField.of("filter", f"{key}: a list can't be compared with")


def _value(message: pb.MetadataValue) -> MetadataValue:
    kind = message.WhichOneof("kind")
    return list(message.list_value.values) if kind == "list_value" else getattr(message, kind or "")


def _value_to_pb(value: MetadataValue) -> pb.MetadataValue:
    if isinstance(value, bool):
        return pb.MetadataValue(bool_value=value)
    if isinstance(value, str):
        return pb.MetadataValue(string_value=value)
    if isinstance(value, float | int):
        return pb.MetadataValue(number_value=value)
    return pb.MetadataValue(list_value=pb.StringList(values=value))
