"""How values of a template are compared with stored ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from oms_core.errors import InvalidQuery

from svc_datakernel.domain import values
from svc_datakernel.domain.canonical_json import write_exact
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.terms import Literal, Object
from svc_datakernel.domain.graph.view import GraphView

MAX_REGEX: Final = 1_000
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")

Anchor = tuple[Object, ...]
"""Objects of which a match has at least one."""

CheckValue = Callable[[GraphView, Any], bool]


def id_of(value: Any) -> str | None:
    return value.get("@id") if isinstance(value, dict) else None


def json_of(value: Any) -> bytes | None:
    if not isinstance(value, dict):
        return None
    return write_exact(value.get("@json", value.get("@unit")))


def regex(of: str, value: Mapping[str, Any]) -> CheckValue:
    pattern: Any = value.get("@regex")
    if set(value) != {"@regex"}:
        raise invalid(f"a {of} can't be compared with an object", "QueryInvalidFormat")
    if type(pattern) is not str or len(pattern) > MAX_REGEX:
        raise invalid(f"'@regex' takes a text of up to {MAX_REGEX}", "QueryRegexNotString")
    if of != "xsd:string":
        raise invalid(f"'@regex' is for texts, not for {of}", "QueryRegexNotAString")
    # Deferred: queries read documents, and so import what is here.
    from svc_datakernel.domain.woql.patterns import Pattern
    from svc_datakernel.domain.woql.run import Limits, Run

    try:
        compiled, run = Pattern(pattern), Run(Limits())
    except InvalidQuery as exc:
        raise invalid(exc.message, "QueryRegexInvalid") from exc
    return lambda view, each: type(each) is str and compiled.search(each, run) is not None


def is_equal(value: Any, wanted: Literal) -> bool:
    found = expanded.literal_of(value)
    if found is None or found == wanted:
        return found is not None
    left, right = _amount(found), _amount(wanted)
    return left is not None and left == right


def equal_literals(wanted: Literal) -> Anchor:
    """A literal, and for a number those of narrower datatypes: it may have been stored when the
    schema had such a one."""
    if _amount(wanted) is None:
        return (wanted,)
    return tuple(
        Literal(datatype, wanted.lexical)
        for datatype in sorted(values.DATATYPES)
        if values.is_kind_of(datatype, wanted.datatype)
    )


def _amount(literal: Literal) -> Decimal | None:
    if literal.datatype in ("xsd:string", "rdf:langString") or len(literal.lexical) > 1_000:
        return None
    try:
        return Decimal(literal.lexical) if _NUMBER.fullmatch(literal.lexical) else None
    except InvalidOperation:
        return None


def invalid(why: str, api_error: str, **facts: str) -> InvalidQuery:
    return InvalidQuery(why, metadata={"api_error": f"api:{api_error}", **facts})
