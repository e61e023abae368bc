"""An expression, ready to be evaluated on any number of events."""

from __future__ import annotations

from dataclasses import dataclass

from svc_events.domain.cesql.builtins import BUILTINS
from svc_events.domain.cesql.compiling import Values, compile_node, type_of, unknown_calls
from svc_events.domain.cesql.errors import EvaluationError, EvaluationFault
from svc_events.domain.cesql.functions import FunctionTable
from svc_events.domain.cesql.parser import parse
from svc_events.domain.cesql.tree import Call
from svc_events.domain.cesql.types import Primitive


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an expression results in: a value always, and the error that ended it, if any.

    Args:
        value: After an error, what the outermost operator or function results in with it: mostly
            the zero value of its type.
        errors: The first error, or none.
    """

    value: Primitive
    errors: tuple[EvaluationError, ...] = ()


class Expression:
    """A CloudEvents SQL expression, version 1.0.

    Two expressions are equal if they mean the same: white space, letter case of keywords and names,
    and needless parentheses make no difference.

    Args:
        text: At most 4,096 characters, nested at most 64 levels deep.
        functions: Those that it may call.
    Raises:
        ExpressionSyntaxError: the text is no expression.
    """

    __slots__ = ("_functions", "_hash", "_run", "_zero", "text", "tree")

    def __init__(self, text: str, functions: FunctionTable = BUILTINS) -> None:
        self.text = text
        self.tree = parse(text)
        self._functions = functions
        self._run = compile_node(self.tree, functions)
        # What the type of a missing attribute would be, nobody knows: Boolean is to be assumed.
        self._zero = (type_of(self.tree, functions) or bool)()
        self._hash = hash(self.tree)

    def evaluate(self, values: Values) -> Evaluation:
        """Evaluates it on an event's attributes by name, as `values_of` makes them."""
        try:
            return Evaluation(self._run(values))
        except EvaluationFault as fault:
            # Only what the outermost operator says counts; any above it results in its zero value.
            value = fault.value if fault.at == self.tree.at else None
            return Evaluation(self._zero if value is None else value, (fault.error,))

    def is_true(self, values: Values) -> bool:
        """Whether an event passes it as a filter: it results in true, and in no error."""
        try:
            return self._run(values) is True
        except EvaluationFault:
            return False

    @property
    def unknown_calls(self) -> list[Call]:
        """Calls of functions that there are not; each ends an evaluation that comes by."""
        return unknown_calls(self.tree, self._functions)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self._functions is other._functions and self.tree == other.tree

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"
