"""Terms as an answer shows them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import orjson

from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import numbers
from svc_datakernel.domain.woql.names import Names
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref

_QUOTED: Final = frozenset({"INF", "-INF", "NaN"})


def row(variables: Iterable[tuple[str, Var]], names: Names) -> bytes:
    """A row: an object with each variable's value, `null` for a free one."""
    parts: list[str] = []
    for name, variable in variables:
        parts.append(f"{quote(name)}:{json_text(variable, names)}")
    return f"{{{','.join(parts)}}}".encode()


def json_text(term: Term, names: Names) -> str:
    """A term as JSON text, with the exact digits of numbers."""
    term = deref(term)
    if isinstance(term, Literal):
        return _literal(term, names)
    if isinstance(term, Node):
        return quote(names.shown(term.iri))
    if type(term) is Var:
        return "null"
    if type(term) is list:
        return f"[{','.join(json_text(item, names) for item in term)}]"
    if type(term) is dict:
        pairs = (f"{quote(_key(k, names))}:{json_text(v, names)}" for k, v in term.items())
        return f"{{{','.join(pairs)}}}"
    assert isinstance(term, Json)
    return _scalar(term.value)


def _key(key: str, names: Names) -> str:
    return names.shown(key)


def _literal(literal: Literal, names: Names) -> str:
    if literal.language:
        return f'{{"@language":{quote(literal.language)},"@value":{quote(literal.lexical)}}}'
    datatype = quote(names.shown(literal.datatype))
    return f'{{"@type":{datatype},"@value":{_value(literal)}}}'


def _value(literal: Literal) -> str:
    datatype, lexical = literal.datatype, literal.lexical
    if datatype == "xsd:decimal":
        return numbers.shown_decimal(lexical)
    if datatype == "xsd:boolean":
        return lexical
    if datatype in numbers.FLOAT_TYPES:
        # JSON has no number for what is not finite.
        return quote(lexical) if lexical in _QUOTED else _finite(float(lexical))
    if datatype in numbers.INTEGER_TYPES:
        return lexical
    return quote(lexical)


def _scalar(value: str | int | Fraction | float | bool | None) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, float):
        return _finite(value) if math.isfinite(value) else quote(numbers.float_text(value))
    return numbers.shown_decimal(numbers.decimal_text(value))


def _finite(value: float) -> str:
    return numbers.float_text(value)


def quote(text: str) -> str:
    """A string as JSON; half of a surrogate pair as an escape."""
    try:
        return orjson.dumps(text).decode()
    except orjson.JSONEncodeError:
        return json.dumps(text)
