"""How a query's JSON is taken apart: members that have to be there, and what fails without.

A part that does not fit raises `Mismatch`; the query around it turns that into the error
that names it, as TerminusDB does.
"""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.canonical_json import Number


class Mismatch(Exception):
    """JSON that is not what an operator has there; `str()` says what is wrong, for people."""

    @classmethod
    def of(cls, expected: str, found: Any) -> Mismatch:
        """What was expected, and what was found instead, cut short."""
        return cls(f"expected {expected}, found {found!r:.100}")


def member(json: dict[str, Any], name: str) -> Any:
    """A member that has to be there."""
    if name not in json:
        raise Mismatch(f"the member {name!r} is missing")
    return json[name]


def text(json: Any) -> str:
    """A string, plain or as `{"@type": "xsd:string", "@value": …}`."""
    if isinstance(json, dict):
        json = json.get("@value")
    if not isinstance(json, str):
        raise Mismatch.of("a text", json)
    return str(json)


def integer(json: Any) -> int:
    """A whole number, plain or as a typed literal."""
    if isinstance(json, dict):
        json = json.get("@value")
    if isinstance(json, str):
        try:
            return int(json)
        except ValueError as exc:
            raise Mismatch.of("a whole number", json) from exc
    raise Mismatch.of("a whole number", json)


def names(json: Any) -> tuple[str, ...]:
    """A list of variables' names."""
    if not isinstance(json, list):
        raise Mismatch.of("an array of names", json)
    return tuple(map(text, json))


def is_number(json: Any) -> bool:
    """Whether JSON is a number as it was written."""
    return isinstance(json, Number)
