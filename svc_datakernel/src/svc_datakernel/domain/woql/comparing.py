"""Equality and order of terms, as the comparing operators have them."""

from __future__ import annotations

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors, numbers
from svc_datakernel.domain.woql.native import native, order_key, text_of
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term, Var, deref


def equal(run: Run, left: Term, right: Term) -> bool:
    """Makes terms equal. Numbers are equal by value, whatever their types.

    Raises:
        InvalidQuery: an exact number against a double.
    """
    left, right = deref(left), deref(right)
    if _are_numbers(left, right):
        return _number(left) == _number(right)
    return run.unify(left, right)


def less(left: Term, right: Term) -> bool:
    """Whether a term comes before another; False where either is unbound.

    Raises:
        InvalidQuery: an exact number against a double.
    """
    left, right = deref(left), deref(right)
    if type(left) is Var or type(right) is Var:
        return False
    if _are_numbers(left, right):
        return _number(left) < _number(right)
    return order_key(left) < order_key(right)


def _are_numbers(left: Term, right: Term) -> bool:
    if not isinstance(left, Literal) or not isinstance(right, Literal):
        return False
    if left.datatype not in numbers.NUMERIC_TYPES or right.datatype not in numbers.NUMERIC_TYPES:
        return False
    if (left.datatype in numbers.FLOAT_TYPES) != (right.datatype in numbers.FLOAT_TYPES):
        raise errors.incomparable(_shown(left), _shown(right))
    return True


def _number(term: Term) -> numbers.Number:
    assert isinstance(term, Literal)
    return numbers.number_of(term)


def _shown(literal: Literal) -> str:
    value = native(literal)
    text = repr(float(value)) if isinstance(value, int | float) else text_of(value)
    return f"{text} ({literal.datatype})"
