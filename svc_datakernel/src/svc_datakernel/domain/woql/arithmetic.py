"""Eval: exact arithmetic, in doubles only where a query brings one in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import errors, numbers, syntax
from svc_datakernel.domain.woql.numbers import Number
from svc_datakernel.domain.woql.operators.arguments import as_number
from svc_datakernel.domain.woql.run import Run
from svc_datakernel.domain.woql.terms import Term

# A power with more digits than this is refused: it would take all memory.
_MOST_POWER_BITS = 1_000_000


class Eval:
    """An expression whose value the result becomes.

    Args:
        term_of: The term of a value in the expression.
    """

    def __init__(
        self,
        expression: syntax.Expression,
        term_of: Callable[[syntax.Expression], Term],
        result: Term,
    ) -> None:
        self._expression = _prepared(expression, term_of)
        self._result = result

    def solve(self, run: Run) -> Iterator[None]:
        run.step()
        value = _evaluated(self._expression)
        mark = run.mark()
        if run.unify(self._result, typed(value)):
            yield
        run.undo(mark)

    def explain(self) -> dict[str, Any]:
        return {"step": "Eval"}


class _Node:
    __slots__ = ("operands", "operator")

    def __init__(self, operator: str, operands: list[Any]) -> None:
        self.operator = operator
        self.operands = operands


def _prepared(
    expression: syntax.Expression, term_of: Callable[[syntax.Expression], Term]
) -> _Node | Term:
    if isinstance(expression, syntax.Arithmetic):
        operands = [_prepared(operand, term_of) for operand in expression.operands]
        return _Node(expression.operator, operands)
    return term_of(expression)


def _evaluated(expression: _Node | Term) -> Number:
    if not isinstance(expression, _Node):
        return as_number(expression, "Eval")
    operands = [_evaluated(operand) for operand in expression.operands]
    try:
        return numbers.simplified(_OPERATORS[expression.operator](*operands))
    except ZeroDivisionError as exc:
        raise errors.unfit("Eval", "division by zero") from exc
    except OverflowError as exc:
        raise errors.unfit("Eval", "a number too large for a double") from exc


def typed(value: Number) -> Literal:
    """A result as a literal: a decimal if it is exact, else a double."""
    return numbers.double(value) if isinstance(value, float) else numbers.decimal(value)


def _plus(left: Number, right: Number) -> Number:
    return left + right


def _minus(left: Number, right: Number) -> Number:
    return left - right


def _times(left: Number, right: Number) -> Number:
    return left * right


def _divide(left: Number, right: Number) -> Number:
    if isinstance(left, float) or isinstance(right, float):
        return left / right
    return Fraction(left) / right


def _div(left: Number, right: Number) -> Number:
    left, right = numbers.simplified(left), numbers.simplified(right)
    if not isinstance(left, int) or not isinstance(right, int):
        raise errors.type_error(str(left if not isinstance(left, int) else right), "integer")
    return left // right


def _exp(left: Number, right: Number) -> Number:
    if isinstance(left, float) or not isinstance(right, int):
        return _float_power(float(left), float(right))
    if left == 0 and right < 0:
        raise ZeroDivisionError
    size = left.numerator.bit_length() + left.denominator.bit_length()
    if size * abs(right) > _MOST_POWER_BITS and abs(left) != 1 and left != 0:
        raise errors.over_limit("bits of a power", _MOST_POWER_BITS)
    return Fraction(left) ** right


def _float_power(left: float, right: float) -> float:
    found = left**right
    if isinstance(found, complex) or math.isnan(found):
        raise errors.unfit("Eval", "a root of a negative number")
    return found


def _floor(value: Number) -> Number:
    return math.floor(value)


_OPERATORS: dict[str, Callable[..., Number]] = {
    "Plus": _plus,
    "Minus": _minus,
    "Times": _times,
    "Divide": _divide,
    "Div": _div,
    "Exp": _exp,
    "Floor": _floor,
}
