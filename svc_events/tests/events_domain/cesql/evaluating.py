"""Expressions on a few attributes, for tests."""

from __future__ import annotations

from svc_events.domain.cesql import BUILTINS, ErrorKind, Expression, FunctionTable, Primitive

ATTRIBUTES: dict[str, Primitive] = {
    "specversion": "1.0",
    "id": "e-7",
    "source": "https://example.com/shop",
    "type": "com.example.order.placed",
    "five": 5,
    "minus": -3,
    "yes": True,
    "no": False,
    "numeric": "12",
    "empty": "",
    "loud": "TRUE",
}

MATH, CAST = ErrorKind.MATH, ErrorKind.CAST
ABSENT, UNKNOWN = ErrorKind.MISSING_ATTRIBUTE, ErrorKind.MISSING_FUNCTION
FUNCTION = ErrorKind.FUNCTION_EVALUATION


def value_of(text: str, functions: FunctionTable = BUILTINS) -> Primitive:
    """What an expression results in without an error."""
    found = Expression(text, functions).evaluate(ATTRIBUTES)
    assert found.errors == ()
    return found.value


def fault_of(text: str, functions: FunctionTable = BUILTINS) -> tuple[Primitive, ErrorKind]:
    """What an expression results in with its error."""
    found = Expression(text, functions).evaluate(ATTRIBUTES)
    (error,) = found.errors
    assert error.message
    return found.value, error.kind
