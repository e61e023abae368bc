"""Typecast and TypeOf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from svc_datakernel.domain import canonical_json
from svc_datakernel.domain.graph.terms import Literal, Node
from svc_datakernel.domain.woql import casting, errors, literals, numbers, rendering
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.documents import from_json
from svc_datakernel.domain.woql.native import full_iri
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref

_NODE_TYPES: Final = frozenset({"owl:Thing", "sys:Top"})
_DICTIONARY: Final = "sys:Dictionary"


def _typecast(run: Run, context: Context, args: Arguments) -> bool:
    value, kind = deref(args[0]), deref(args[1])
    unbound = [term.name for term in (value, kind) if type(term) is Var]
    if unbound:
        raise errors.unbound("Typecast", unbound)
    datatype = _datatype(kind, context)
    return run.unify(args[2], _cast(value, datatype, context))


def _datatype(kind: Term, context: Context) -> str:
    if isinstance(kind, Literal):
        kind = context.names.node(kind.lexical)
    if isinstance(kind, Node) and (
        literals.is_known(kind.iri) or kind.iri in _NODE_TYPES or kind.iri == _DICTIONARY
    ):
        return kind.iri
    raise errors.unfit("Typecast", f"{kind} is no known datatype")


def _cast(value: Term, datatype: str, context: Context) -> Term:
    if isinstance(value, Json):
        value = _typed(value)
    if isinstance(value, Literal):
        return _cast_literal(value, datatype, context)
    if isinstance(value, Node):
        if datatype in _NODE_TYPES:
            return value
        return casting.cast(Literal("xsd:string", context.names.full(value.iri)), datatype)
    if type(value) is dict and datatype == _DICTIONARY:
        return value
    if datatype in ("xsd:string", "xdd:json"):
        return Literal(datatype, rendering.json_text(value, context.names))
    raise errors.bad_cast(rendering.json_text(value, context.names), full_iri(datatype))


def _typed(value: Json) -> Literal:
    found = value.value
    if isinstance(found, bool):
        return Literal("xsd:boolean", str(found).lower())
    if isinstance(found, str) or found is None:
        return Literal("xsd:string", found or "null")
    return numbers.decimal(found)


def _cast_literal(value: Literal, datatype: str, context: Context) -> Term:
    if datatype in _NODE_TYPES:
        return context.names.node(value.lexical)
    if datatype == _DICTIONARY:
        return _parsed(value)
    return casting.cast(value, datatype)


def _parsed(value: Literal) -> Term:
    try:
        found = canonical_json.parse_exact(value.lexical)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise errors.bad_cast(value.lexical, full_iri(_DICTIONARY))
    return from_json(found)


def _type_of(run: Run, context: Context, args: Arguments) -> bool | Iterator[None]:
    if type(deref(args[0])) is Var:
        # It waits for what may still bind the value, and holds if nothing does.
        return run.when_row_ends(lambda: _give_type(run, args))
    return _give_type(run, args)


def _give_type(run: Run, args: Arguments) -> bool:
    value = deref(args[0])
    if type(value) is Var:
        return True
    if isinstance(value, Literal):
        if value.language:
            return run.unify(args[1], Literal("xsd:string", value.language))
        return run.unify(args[1], Node(value.datatype))
    if isinstance(value, Node):
        return run.unify(args[1], Node("sys:Top"))
    return type(value) is dict and run.unify(args[1], Node(_DICTIONARY))


OPERATORS: Final[Mapping[str, Operator]] = {"Typecast": _typecast, "TypeOf": _type_of}
