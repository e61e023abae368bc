"""Equals, Less and their kind, and Allen's relations of intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql.comparing import equal, less
from svc_datakernel.domain.woql.context import Context
from svc_datakernel.domain.woql.intervals import interval_ends
from svc_datakernel.domain.woql.operators.signature import Arguments, Operator
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref


def _equals(run: Run, context: Context, args: Arguments) -> bool:
    return equal(run, args[0], args[1])


def _less(run: Run, context: Context, args: Arguments) -> bool:
    return less(args[0], args[1])


def _greater(run: Run, context: Context, args: Arguments) -> bool:
    return less(args[1], args[0])


def _at_most(run: Run, left: Term, right: Term) -> bool:
    return less(left, right) or equal(run, left, right)


def _gte(run: Run, context: Context, args: Arguments) -> bool:
    return _at_most(run, args[1], args[0])


def _lte(run: Run, context: Context, args: Arguments) -> bool:
    return _at_most(run, args[0], args[1])


def _in_range(run: Run, context: Context, args: Arguments) -> bool:
    value, start, end = args
    return _at_most(run, start, value) and less(value, end)


_Relation = Callable[[Run, Term, Term, Term, Term], bool]
_FORWARD: Final[dict[str, _Relation]] = {
    "before": lambda run, xs, xe, ys, ye: less(xe, ys),
    "meets": lambda run, xs, xe, ys, ye: equal(run, xe, ys),
    "overlaps": lambda run, xs, xe, ys, ye: less(xs, ys) and less(ys, xe) and less(xe, ye),
    "starts": lambda run, xs, xe, ys, ye: equal(run, xs, ys) and less(xe, ye),
    "during": lambda run, xs, xe, ys, ye: less(ys, xs) and less(xe, ye),
    "finishes": lambda run, xs, xe, ys, ye: less(ys, xs) and equal(run, xe, ye),
    "equals": lambda run, xs, xe, ys, ye: equal(run, xs, ys) and equal(run, xe, ye),
}
_BACKWARD: Final = {
    "after": "before",
    "met_by": "meets",
    "overlapped_by": "overlaps",
    "started_by": "starts",
    "contains": "during",
    "finished_by": "finishes",
}


def _holds(run: Run, name: str, x: tuple[Term, Term], y: tuple[Term, Term]) -> bool:
    if name in _BACKWARD:
        return _FORWARD[_BACKWARD[name]](run, *y, *x)
    return name in _FORWARD and _FORWARD[name](run, *x, *y)


def _relate(run: Run, relation: Term, x: tuple[Term, Term], y: tuple[Term, Term]) -> bool:
    relation = deref(relation)
    if isinstance(relation, Literal):
        return relation.datatype == "xsd:string" and _holds(run, relation.lexical, x, y)
    if type(relation) is not Var:
        return False
    for name in (*_FORWARD, *_BACKWARD):
        mark = run.mark()
        if _holds(run, name, x, y):
            return run.give_text(name, relation)
        run.undo(mark)
    return False


def _interval_relation(run: Run, context: Context, args: Arguments) -> bool:
    relation, x_start, x_end, y_start, y_end = args
    return _relate(run, relation, (x_start, x_end), (y_start, y_end))


def _interval_relation_typed(run: Run, context: Context, args: Arguments) -> bool:
    x, y = interval_ends(args[1]), interval_ends(args[2])
    return x is not None and y is not None and _relate(run, args[0], x, y)


OPERATORS: Final[Mapping[str, Operator]] = {
    "Equals": _equals,
    "Less": _less,
    "Greater": _greater,
    "Gte": _gte,
    "Lte": _lte,
    "InRange": _in_range,
    "IntervalRelation": _interval_relation,
    "IntervalRelationTyped": _interval_relation_typed,
}
