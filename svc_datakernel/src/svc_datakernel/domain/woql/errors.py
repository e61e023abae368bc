"""Errors of queries, with the names that TerminusDB has for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from oms_core.errors import InvalidQuery, LimitExceeded, UnsupportedOperation

_MOST_DETAIL_BYTES = 4096


def _error(message: str, api_error: str, **details: Any) -> InvalidQuery:
    metadata = {"api_error": api_error}
    found = json.dumps({"@type": api_error, **details}, ensure_ascii=False)
    if len(found.encode()) <= _MOST_DETAIL_BYTES:
        metadata["api_details"] = found
    return InvalidQuery(message, metadata=metadata)


class Place(NamedTuple):
    """Where in a query something stands.

    Args:
        path: As TerminusDB tells it, from the innermost step outwards.
        pointer: The same as a JSON pointer (RFC 6901).
    """

    path: tuple[str | int, ...] = ()
    pointer: str = ""

    def field(self, name: str) -> Place:
        """A member of the object here."""
        return Place((name, *self.path), f"{self.pointer}/{name}")

    def branch(self, name: str, index: int) -> Place:
        """One of the queries in a member that holds several; TerminusDB names it in this order."""
        return Place((name, index, *self.path), f"{self.pointer}/{name}/{index}")

    def item(self, index: int) -> Place:
        """An element of the list here."""
        return Place((index, *self.path), f"{self.pointer}/{index}")


def syntax_error(
    query: Any, place: Place, why: str, *, is_outermost_first: bool = False
) -> InvalidQuery:
    """A query that is no WOQL.

    Args:
        query: The part at fault, JSON as it was parsed.
        why: What is wrong with it, for people.
    """
    path = list(reversed(place.path)) if is_outermost_first else list(place.path)
    error = _error(
        f"no well-formed WOQL at {place.pointer or 'the top'}: {why}",
        "vio:WOQLSyntaxError",
        **{"vio:path": path, "vio:query": _plain(query)},
    )
    error.metadata["pointer"] = place.pointer
    return error


def unknown_operator(query: Any, operator: str, place: Place) -> InvalidQuery:
    """A part of a query whose `@type` is no operator; named as `operator`."""
    error = syntax_error(query, place, f"there is no operator {operator!r:.100}")
    error.metadata["operator"] = operator[:100]
    return error


def term_error(message: str, term: str) -> InvalidQuery:
    """A query that is WOQL but has no meaning, such as an unknown prefix."""
    return _error(message, "api:WOQLSyntaxError", **{"api:error_term": term})


def bad_cast(value: str, type_iri: str) -> InvalidQuery:
    """A value that can't be cast; `type_iri` is the full IRI of the type."""
    return _error(
        f"the value {value} can't be cast to {type_iri}",
        "api:BadCast",
        **{"api:value": value, "api:type": type_iri},
    )


def type_error(actual: str, expected: str) -> InvalidQuery:
    """A value of the wrong type."""
    return _error(
        f"{actual} is no {expected}, as is needed here",
        "api:TypeError",
        **{"api:actual_value": actual, "api:expected_type": expected},
    )


def unbound(operator: str, names: Sequence[str]) -> InvalidQuery:
    """Variables that had to be bound by then."""
    shown = ", ".join(names)
    return _error(
        f"{operator} needs the variables [{shown}] bound; put what binds them before it",
        "api:WOQLModeError",
        **{"api:error_vars": list(names)},
    )


def unfit(operator: str, why: str) -> InvalidQuery:
    """A value that an operator can't work with, where TerminusDB would fail inside."""
    return _error(f"{operator}: {why}", "api:ExistenceError", **{"api:value": operator})


def incomparable(left: str, right: str) -> InvalidQuery:
    """An exact number against a double."""
    return _error(
        f"{left} can't be compared with {right}: cast one of them explicitly",
        "api:IncompatibleNumericComparison",
        **{"api:left": left, "api:right": right},
    )


def bad_descriptor(text: str) -> InvalidQuery:
    """A resource's name that is no name of a database, branch or commit."""
    return _error(
        f"{text!r} names no database, branch or commit",
        "api:BadDescriptorPath",
        **{"api:descriptor": text},
    )


def unresolvable(text: str) -> InvalidQuery:
    """A resource that is not there, or not within this query's reach."""
    return _error(
        f"{text!r} is not there, or in another database, which a query can't read",
        "api:UnresolvableAbsoluteDescriptor",
        **{"api:absolute_descriptor": text},
    )


def missing_parameter(parameter: str) -> InvalidQuery:
    """A member of the request that is not there."""
    return _error(f"{parameter} is missing", "api:MissingParameter", **{"api:parameter": parameter})


def bad_parameter(parameter: str, expected: str, value: Any) -> InvalidQuery:
    """A member of the request that is of the wrong kind."""
    return _error(
        f"{parameter} has to be of type {expected}",
        "api:BadParameterType",
        **{"api:parameter": parameter, "api:expected_type": expected, "api:value": _plain(value)},
    )


def unsupported(operator: str, why: str) -> UnsupportedOperation:
    """An operator that the backend can't do."""
    return UnsupportedOperation(
        f"the operator {operator} is not supported: {why}", metadata={"operation": operator}
    )


def over_limit(limit: str, most: int) -> LimitExceeded:
    """A query that needs more than it may have."""
    return LimitExceeded(
        f"the query needs more than {most} {limit}; narrow it, or read it in pages",
        metadata={"limit": limit, "maximum": str(most)},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
