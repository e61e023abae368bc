"""The body of a request: its limits, and where in it the query is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from oms_core.errors import InvalidQuery

from svc_datakernel.domain import canonical_json
from svc_datakernel.domain.woql import errors, syntax
from svc_datakernel.domain.woql.parsing.queries import parse_query

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 200
SHORT_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request.

    Args:
        query: What is asked.
        is_writing: Whether anything in it adds or deletes.
    """

    query: syntax.Query
    is_writing: bool


def parse_request(body: bytes) -> Request:
    """Parses `{"query": …}` or a query alone. What was parsed lately is kept, if it is short.

    Raises:
        InvalidQuery: no JSON in UTF-8, above 1 MiB or 200 levels, or no WOQL; with `pointer`
            to the part at fault.
        UnsupportedOperation: an operator that is not offered.
    """
    return _parse_short(body) if len(body) <= SHORT_BYTES else _parse(body)


@lru_cache(maxsize=256)
def _parse_short(body: bytes) -> Request:
    return _parse(body)


def _parse(body: bytes) -> Request:
    found = _decode(body)
    if not isinstance(found, dict):
        raise errors.bad_parameter("query", "object", found)
    if "@type" not in found and "query" not in found:
        raise errors.missing_parameter("query")
    query = found if "@type" in found or "query" not in found else found["query"]
    if not isinstance(query, dict):
        raise errors.bad_parameter("query", "object", query)
    try:
        tree = parse_query(query, errors.Place())
        return Request(tree, is_writing=_writes(tree))
    except RecursionError as exc:
        raise _too_deep() from exc


def _decode(body: bytes) -> Any:
    if len(body) > MAX_BYTES:
        raise InvalidQuery(f"the query has {len(body)} bytes, more than {MAX_BYTES}")
    try:
        found = canonical_json.parse_exact(body.decode())
    except RecursionError as exc:
        raise _too_deep() from exc
    except json.JSONDecodeError as exc:
        raise InvalidQuery(
            f"the query is no JSON: {exc.msg} at offset {exc.pos}",
            metadata={"offset": str(exc.pos)},
        ) from exc
    except (UnicodeDecodeError, ValueError) as exc:
        raise InvalidQuery(f"the query is no JSON that can be read: it {exc}") from exc
    _check_depth(found)
    return found


def _check_depth(value: Any) -> None:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = (
            [
                child
                for parent in level
                for child in (parent.values() if isinstance(parent, dict) else parent)
                if isinstance(child, dict | list)
            ]
            if isinstance(value, dict | list)
            else []
        )
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidQuery:
    return InvalidQuery(f"the query is nested deeper than {MAX_DEPTH} levels")


def _writes(query: object) -> bool:
    """Whether a tree has a writing operator anywhere."""
    if isinstance(query, syntax.TripleChange | syntax.DocumentChange):
        return True
    if isinstance(query, tuple):
        return any(map(_writes, query))
    inner = (getattr(query, name, None) for name in ("query", "queries", "consequent"))
    return any(_writes(part) for part in inner if part is not None)
