"""What can be wrong with an expression: as it is parsed, and as it is evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oms_core.errors import ParseError


class ExpressionSyntaxError(ParseError):
    """A text is no expression. The specification's ParseError.

    Args:
        why: What was found.
        text: The whole text.
        offset: Where, in characters from 0.
        expected: What could have stood there.
    """

    def __init__(self, why: str, *, text: str, offset: int, expected: tuple[str, ...] = ()) -> None:
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        self.expected = expected
        self.why = f"{why}; expected {_listed(expected)}" if expected else why
        place = {"line": str(self.line), "column": str(self.column), "offset": str(offset)}
        super().__init__(
            f"the expression is wrong at line {self.line}, column {self.column}: {self.why}",
            metadata={"format": "cesql", **place, "expected": ", ".join(expected)},
        )


class ErrorKind(Enum):
    """The kinds of errors that an evaluation may have, by their names in the specification."""

    MATH = "MathError"
    CAST = "CastError"
    MISSING_ATTRIBUTE = "MissingAttributeError"
    MISSING_FUNCTION = "MissingFunctionError"
    FUNCTION_EVALUATION = "FunctionEvaluationError"
    GENERIC = "GenericError"


@dataclass(frozen=True, slots=True)
class EvaluationError:
    """An error of an evaluation.

    Args:
        kind: Which kind.
        message: What failed, and with which value.
        offset: Of the operator, function or attribute, in characters from 0.
    """

    kind: ErrorKind
    message: str
    offset: int


class EvaluationFault(Exception):
    """Ends an evaluation at its first error; never leaves `Expression`. Made by `fault`.

    It keeps what it knows in `args`: many events lack what an expression asks for, and filters pay
    for each such exception; one without an `__init__` of its own costs a third.
    """

    @property
    def error(self) -> EvaluationError:
        """The error as whoever evaluates is told; filters don't ask."""
        kind, message, at, _ = self.args
        return EvaluationError(kind, message, at)

    @property
    def at(self) -> int:
        """Offset of the operator, function or attribute."""
        return self.args[2]

    @property
    def value(self) -> bool | int | str | None:
        """What the operator or function results in nevertheless; None is the zero value."""
        return self.args[3]


def fault(
    kind: ErrorKind, message: str, at: int, value: bool | int | str | None = None
) -> EvaluationFault:
    """The exception for an error at an offset."""
    return EvaluationFault(kind, message, at, value)


def _listed(expected: tuple[str, ...]) -> str:
    *most, last = expected
    return f"{', '.join(most)} or {last}" if most else last
