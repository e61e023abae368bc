"""Arithmetic of Integers of 32 bits. What does not fit is an error, and never wraps around."""

from __future__ import annotations

from svc_events.domain.cesql.errors import ErrorKind, fault
from svc_events.domain.cesql.tree import Arithmetic
from svc_events.domain.events.values import MAX_INTEGER, MIN_INTEGER


def calculate(operator: Arithmetic, left: int, right: int, at: int) -> int:
    """The result of an operator.

    Raises:
        EvaluationFault: MATH, for a division by zero or a result that needs more than 32 bits.
            The specification says nothing of the latter; as for any error without an obvious
            value, the value is zero.
    """
    match operator:
        case Arithmetic.ADD:
            result = left + right
        case Arithmetic.SUBTRACT:
            result = left - right
        case Arithmetic.MULTIPLY:
            result = left * right
        case Arithmetic.DIVIDE:
            result = _divided(left, right, at)
        case Arithmetic.REMAINDER:
            result = left - right * _divided(left, right, at)
    if not MIN_INTEGER <= result <= MAX_INTEGER:
        why = f"{left} {operator.value} {right} is beyond 32 bits"
        raise fault(ErrorKind.MATH, why, at)
    return result


def negate(number: int, at: int) -> int:
    """The negative of a number.

    Raises:
        EvaluationFault: MATH, for -2147483648.
    """
    return calculate(Arithmetic.SUBTRACT, 0, number, at)


def _divided(left: int, right: int, at: int) -> int:
    """The quotient, rounded towards zero."""
    if right == 0:
        raise fault(ErrorKind.MATH, f"{left} is divided by zero", at)
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient
