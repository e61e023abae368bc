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
    """Ends an evaluation at its first error; never leaves `Expression`.

    `value` is what the operator or function results in nevertheless; None is the zero value.
    """

    def __init__(
        self, kind: ErrorKind, message: str, at: int, value: bool | int | str | None = None
    ) -> None:
        super().__init__(message)
        self.error = EvaluationError(kind, message, at)
        self.value = value


def _listed(expected: tuple[str, ...]) -> str:
    *most, last = expected
    return f"{', '.join(most)} or {last}" if most else last
