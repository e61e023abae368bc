"""Patterns of paths, and arithmetic."""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.woql import syntax
from svc_datakernel.domain.woql.errors import Place, syntax_error
from svc_datakernel.domain.woql.parsing import values
from svc_datakernel.domain.woql.parsing.shapes import Mismatch, integer, member, text


def path_pattern(json: Any, place: Place) -> syntax.PathPattern:
    """A pattern: `PathPredicate`, `InversePathPredicate`, `PathSequence`, `PathOr`, …"""
    if not isinstance(json, dict) or "@type" not in json:
        raise syntax_error(json, place, "a path is an object with '@type'", is_outermost_first=True)
    try:
        return _pattern(json, place)
    except Mismatch as wrong:
        raise syntax_error(json, place, str(wrong), is_outermost_first=True) from None


def _pattern(json: dict[str, Any], place: Place) -> syntax.PathPattern:
    kind = json["@type"]
    if kind in ("PathPredicate", "InversePathPredicate"):
        predicate = text(json["predicate"]) if "predicate" in json else None
        return syntax.Hop(predicate, is_inverse=kind == "InversePathPredicate")
    if kind == "PathSequence":
        return syntax.Sequence(_parts(json, "sequence", place))
    if kind == "PathOr":
        return syntax.Choice(_parts(json, "or", place))
    if kind == "PathPlus":
        return syntax.Repeat(_part(json, "plus", place), 1, None)
    if kind == "PathStar":
        return syntax.Repeat(_part(json, "star", place), 0, None, has_star=True)
    if kind == "PathTimes":
        part = _part(json, "times", place)
        return syntax.Repeat(part, integer(member(json, "from")), integer(member(json, "to")))
    raise Mismatch(f"there is no kind of path {kind!r:.100}")


def _part(json: dict[str, Any], name: str, place: Place) -> syntax.PathPattern:
    return path_pattern(member(json, name), place.field(name))


def _parts(json: dict[str, Any], name: str, place: Place) -> tuple[syntax.PathPattern, ...]:
    parts = member(json, name)
    if not isinstance(parts, list) or not parts:
        raise Mismatch(f"{name!r} has to be an array of at least one path")
    inside = place.field(name)
    return tuple(path_pattern(part, inside.item(n)) for n, part in enumerate(parts))


_BINARY = frozenset({"Plus", "Minus", "Times", "Divide", "Div", "Exp"})


def expression(json: Any, place: Place) -> syntax.Expression:
    """An arithmetic expression, or a value in one."""
    if not isinstance(json, dict):
        raise syntax_error(
            json, place, "an expression is an object with '@type'", is_outermost_first=True
        )
    kind = member(json, "@type")
    if kind in _BINARY:
        return syntax.Arithmetic(
            str(kind),
            (
                expression(member(json, "left"), place.field("left")),
                expression(member(json, "right"), place.field("right")),
            ),
        )
    if kind == "Floor":
        return syntax.Arithmetic(
            "Floor", (expression(member(json, "argument"), place.field("argument")),)
        )
    if kind in ("ArithmeticValue", "Value", "DataValue"):
        return _operand(json)
    raise Mismatch(f"there is no arithmetic operator {kind!r:.100}")


def _operand(json: dict[str, Any]) -> syntax.Expression:
    if "data" in json:
        found = values.data(json["data"])
        if isinstance(found, syntax.Data | syntax.Dictionary):
            return found
    if "variable" in json:
        return syntax.Variable(text(json["variable"]))
    raise Mismatch.of("an operand with 'data' or 'variable'", json)
