"""Lists, sets and dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors
from svc_datakernel.domain.woql.comparing import less
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.native import order_key
from svc_datakernel.domain.woql.operators.arguments import (
    NoAnswer,
    as_number,
    integer_argument,
    list_argument,
)
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Json, Term, Var, deref, free_variables

# Names that a field may be written without, such as `subject` for `woql:subject`.
_FIELD_PREFIXES: Final = {
    "woql": "http://terminusdb.com/schema/woql#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def _member(run: Run, context: Context, args: Arguments) -> Iterator[None]:
    items = deref(args[1])
    if type(items) is Var:
        raise errors.unbound("Member", [items.name])
    if type(items) is not list:
        return
    for item in items:
        run.step()
        mark = run.mark()
        if run.unify(args[0], item):
            yield
        run.undo(mark)


def _length(run: Run, context: Context, args: Arguments) -> bool:
    return run.give_number(len(list_argument(args[0], "Length")), args[1])


def _sum(run: Run, context: Context, args: Arguments) -> bool:
    unbound = [variable.name for variable in free_variables(args[0])]
    if unbound:
        raise errors.unbound("Sum", unbound)
    items = list_argument(args[0], "Sum")
    return run.give_number(sum(as_number(item, "Sum") for item in items), args[1])


def _extreme(operator: str, *, is_least: bool) -> Operator:
    def find(run: Run, context: Context, args: Arguments) -> bool:
        items = list_argument(args[0], operator)

        def better(best: Term, item: Term) -> Term:
            run.step()
            is_better = less(item, best) if is_least else less(best, item)
            return item if is_better else best

        return bool(items) and run.unify(args[1], reduce(better, items))

    return find


def _slice(run: Run, context: Context, args: Arguments) -> bool:
    items = list_argument(args[0], "Slice")
    try:
        start, end = (_index(arg, len(items)) for arg in (args[2], args[3]))
    except NoAnswer:
        return False
    return run.unify(args[1], items[start or 0 : end])


def _index(term: Term, length: int) -> int | None:
    if isinstance(term, Json):
        return None
    found = integer_argument(term)
    if found is None:
        raise errors.unbound("Slice", [v.name for v in free_variables(term)])
    return min(max(found + length if found < 0 else found, 0), length)


def _ordered_set(run: Run, items: list[Term]) -> dict[Any, Term]:
    found: dict[Any, Term] = {}
    for item in items:
        run.step()
        found.setdefault(order_key(item), item)
    return {key: found[key] for key in sorted(found)}


def _set_operation(operator: str) -> Operator:
    def combine(run: Run, context: Context, args: Arguments) -> bool:
        left = _ordered_set(run, list_argument(args[0], operator))
        right = _ordered_set(run, list_argument(args[1], operator))
        if operator == "SetUnion":
            both = {**right, **left}
            return run.unify(args[2], [both[key] for key in sorted(both)])
        keeps = operator == "SetIntersection"
        return run.unify(args[2], [item for key, item in left.items() if (key in right) == keeps])

    return combine


def _set_member(run: Run, context: Context, args: Arguments) -> bool:
    for item in list_argument(args[1], "SetMember"):
        mark = run.mark()
        if run.unify(args[0], item):
            return True
        run.undo(mark)
    return False


def _list_to_set(run: Run, context: Context, args: Arguments) -> bool:
    found = _ordered_set(run, list_argument(args[0], "ListToSet"))
    return run.unify(args[1], list(found.values()))


def _dot(run: Run, context: Context, args: Arguments) -> bool:
    document, value, field = deref(args[0]), args[1], deref(args[2])
    if type(document) is Var:
        raise errors.unbound("Dot", [document.name])
    if type(document) is not dict:
        return False
    assert isinstance(field, Literal)
    for name in _field_names(field.lexical):
        if name in document:
            return run.unify(value, document[name])
    return False


def _field_names(name: str) -> Iterator[str]:
    yield name
    prefix, colon, rest = name.partition(":")
    if colon and prefix in _FIELD_PREFIXES:
        yield _FIELD_PREFIXES[prefix] + rest
    if not colon:
        yield from (f"{prefix}:{name}" for prefix in _FIELD_PREFIXES)
        yield from (iri + name for iri in _FIELD_PREFIXES.values())


OPERATORS: Final[Mapping[str, Operator]] = {
    "Member": _member,
    "Length": _length,
    "Sum": _sum,
    "RangeMin": _extreme("RangeMin", is_least=True),
    "RangeMax": _extreme("RangeMax", is_least=False),
    "Slice": _slice,
    "SetDifference": _set_operation("SetDifference"),
    "SetIntersection": _set_operation("SetIntersection"),
    "SetUnion": _set_operation("SetUnion"),
    "SetMember": _set_member,
    "ListToSet": _list_to_set,
    "Dot": _dot,
}
