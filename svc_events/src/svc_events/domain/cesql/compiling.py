"""Compiles trees to functions of an event's attributes.

A function ends at the first error, by raising it: "fail fast" in the words of section 4.1, which
the test suite asks for (`true AND (1 != 1 / 0)` is false, not true).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias
from typing import cast as cast_type

from svc_events.domain.cesql.calculating import calculate, negate
from svc_events.domain.cesql.errors import ErrorKind, fault
from svc_events.domain.cesql.functions import Function, FunctionError, FunctionTable
from svc_events.domain.cesql.like import compile_pattern
from svc_events.domain.cesql.limits import MAX_TEXT_LENGTH
from svc_events.domain.cesql.tree import (
    Attribute,
    Calculate,
    Call,
    Combine,
    Compare,
    Exists,
    In,
    Invert,
    Like,
    Literal,
    Logic,
    Negate,
    Node,
    Relation,
    walk,
)
from svc_events.domain.cesql.types import (
    TYPE_NAMES,
    Primitive,
    Type,
    cast,
    to_boolean,
    to_integer,
    to_text,
)

Values: TypeAlias = Mapping[str, Primitive]
Run: TypeAlias = Callable[[Values], Primitive]
"""Evaluates an expression on the attributes of an event; raises `EvaluationFault`."""


def type_of(node: Node, functions: FunctionTable) -> Type | None:
    """The type of an expression; None if only the event tells."""
    match node:
        case Literal():
            return node.type
        case Attribute():
            return None
        case Negate() | Calculate():
            return int
        case Call(name, arguments):
            function = functions.find(name, len(arguments))
            return function.returns if function else bool
        case _:
            return bool


def unknown_calls(node: Node, functions: FunctionTable) -> list[Call]:
    """The calls of functions that there are not, from left to right."""
    calls = [each for each in walk(node) if isinstance(each, Call)]
    return [call for call in calls if functions.find(call.name, len(call.arguments)) is None]


def compile_node(node: Node, functions: FunctionTable) -> Run:
    """The function of an expression."""
    return _Compiler(functions).run(node)


class _Compiler:
    def __init__(self, functions: FunctionTable) -> None:
        self._functions = functions

    def run(self, node: Node) -> Run:
        """A function that results in a value of whatever type the expression has."""
        match node:
            case Literal() | Attribute() | Exists():
                return _leaf(node)
            case Negate() | Calculate():
                return self._number(node)
            case Call():
                return self._call(node)
            case _:
                return self._truth(node)

    def _number(self, node: Negate | Calculate) -> Run:
        at = node.at
        if isinstance(node, Negate):
            number = self._integer(node.operand, at)
            return lambda values: negate(number(values), at)
        kind = node.operator
        left, right = self._integer(node.left, at), self._integer(node.right, at)
        return lambda values: calculate(kind, left(values), right(values), at)

    def _truth(self, node: Invert | Compare | Combine | Like | In) -> Run:
        match node:
            case Invert(operand, at):
                return _inverted(self.run(operand), at)
            case Compare():
                return self._comparison(node)
            case Combine():
                return self._combination(node)
            case Like():
                return self._likeness(node)
            case In():
                return self._membership(node)

    def _typed(self, node: Node, wanted: Type, at: int) -> Run:
        """The value of an expression, cast to a type for the operator at a place."""
        if wanted is str:
            return self._text(node)
        return self._integer(node, at) if wanted is int else self._boolean(node, at)

    def _integer(self, node: Node, at: int) -> Callable[[Values], int]:
        run = self.run(node)
        return lambda values: to_integer(run(values), at)

    def _boolean(self, node: Node, at: int) -> Callable[[Values], bool]:
        run = self.run(node)
        if type_of(node, self._functions) is bool:
            return cast_type(Callable[[Values], bool], run)
        return lambda values: to_boolean(run(values), at)

    def _text(self, node: Node) -> Callable[[Values], str]:
        run = self.run(node)
        if type_of(node, self._functions) is str:
            return cast_type(Callable[[Values], str], run)
        return lambda values: to_text(run(values))

    def _comparison(self, node: Compare) -> Run:
        at = node.at
        if node.operator is Relation.EQUAL:
            return self._equality(node)
        if node.operator is Relation.NOT_EQUAL:
            equal = self._equality(node)
            return lambda values: not equal(values)
        holds = _ORDERS[node.operator]
        left, right = self._integer(node.left, at), self._integer(node.right, at)
        return lambda values: holds(left(values), right(values))

    def _equality(self, node: Compare) -> Run:
        """The type of the right side is the one that both are compared in."""
        at = node.at
        if isinstance(node.right, Literal):
            literal = node.right.value
            left = self._typed(node.left, type(literal), at)
            return lambda values: left(values) == literal
        mine, its = self.run(node.left), self.run(node.right)

        def run(values: Values) -> bool:
            # Both before the cast: of several errors the first one is told.
            left, right = mine(values), its(values)
            return cast(left, type(right), at) == right

        return run

    def _combination(self, node: Combine) -> Run:
        operands = [self._boolean(operand, node.at) for operand in node.operands]
        return _COMBINATIONS[node.operator](operands)

    def _likeness(self, node: Like) -> Run:
        text, is_like = self._text(node.operand), compile_pattern(node.pattern)
        if node.is_negated:
            return lambda values: not is_like(text(values))
        return lambda values: is_like(text(values))

    def _membership(self, node: In) -> Run:
        """Compares one element after the other, as `x = a OR x = b`, all in the type of `x`."""
        at, operand = node.at, self.run(node.operand)
        elements = [self.run(element) for element in node.elements]

        def run(values: Values) -> bool:
            value = operand(values)
            wanted = type(value)
            for element in elements:  # noqa: SIM110
                if cast(element(values), wanted, at) == value:
                    return True
            return False

        return (lambda values: not run(values)) if node.is_negated else run

    def _call(self, node: Call) -> Run:
        name, at = node.name, node.at
        function = self._functions.find(name, len(node.arguments))
        if function is None:
            why = f"there is no function {name} of {len(node.arguments)} arguments"
            return _failing(ErrorKind.MISSING_FUNCTION, why, at)
        types = _argument_types(function, len(node.arguments))
        arguments = [
            self._typed(argument, wanted, at)
            for argument, wanted in zip(node.arguments, types, strict=True)
        ]
        if len(arguments) == 1:
            (argument,) = arguments
            return lambda values: _called(function, (argument(values),), at)
        return lambda values: _called(function, [each(values) for each in arguments], at)


def _leaf(node: Literal | Attribute | Exists) -> Run:
    match node:
        case Literal(value):
            return lambda _: value
        case Exists(name):
            return lambda values: name in values
        case Attribute(name, at):
            return _attribute(name, at)


def _attribute(name: str, at: int) -> Run:
    why = f"the event has no attribute {name}"

    def run(values: Values) -> Primitive:
        try:
            return values[name]
        except KeyError:
            raise fault(ErrorKind.MISSING_ATTRIBUTE, why, at) from None

    return run


def _inverted(operand: Run, at: int) -> Run:
    """NOT. An Integer is an error, though BOOL makes a Boolean of one.

    Here the specification and its test suite disagree. By the text, an Integer is cast: `NOT 10` is
    false. By the suite, `NOT 10` is true with a CastError, as before Integers could be cast to
    Booleans. The suite is followed; `NOT BOOL(10)` says what the text means.
    """

    def run(values: Values) -> bool:
        value = operand(values)
        if type(value) is int:
            why = f"NOT takes no Integer such as {value}; write NOT BOOL(…)"
            raise fault(ErrorKind.CAST, why, at, True)
        return not to_boolean(value, at)

    return run


def _failing(kind: ErrorKind, why: str, at: int) -> Run:
    def run(_: Values) -> Primitive:
        raise fault(kind, why, at)

    return run


def _all_true(operands: list[Callable[[Values], bool]]) -> Run:
    if len(operands) == 2:
        first, second = operands
        return lambda values: first(values) and second(values)

    def run(values: Values) -> bool:
        for operand in operands:  # noqa: SIM110 - a generator takes twice as long
            if not operand(values):
                return False
        return True

    return run


def _some_true(operands: list[Callable[[Values], bool]]) -> Run:
    if len(operands) == 2:
        first, second = operands
        return lambda values: first(values) or second(values)

    def run(values: Values) -> bool:
        for operand in operands:  # noqa: SIM110
            if operand(values):
                return True
        return False

    return run


def _odd_true(operands: list[Callable[[Values], bool]]) -> Run:
    return lambda values: sum(operand(values) for operand in operands) % 2 == 1


def _argument_types(function: Function, count: int) -> tuple[Type, ...]:
    if function.rest is None:
        return function.parameters
    return (*function.parameters, *[function.rest] * (count - len(function.parameters)))


def _called(function: Function, arguments: Sequence[Primitive], at: int) -> Primitive:
    try:
        result = function.call(*arguments)
    except FunctionError as exc:
        value = exc.value if type(exc.value) is function.returns else None
        raise fault(exc.kind, exc.message, at, value) from exc
    kind = ErrorKind.FUNCTION_EVALUATION
    if type(result) is not function.returns:
        why = f"{function.name} resulted in no {TYPE_NAMES[function.returns]}"
        raise fault(kind, why, at)
    if isinstance(result, str) and len(result) > MAX_TEXT_LENGTH:
        why = f"{function.name} made {len(result)} characters, more than {MAX_TEXT_LENGTH}"
        raise fault(kind, why, at)
    return result


_ORDERS: Final[Mapping[Relation, Callable[[int, int], bool]]] = {
    Relation.LESS: operator.lt,
    Relation.LESS_OR_EQUAL: operator.le,
    Relation.GREATER: operator.gt,
    Relation.GREATER_OR_EQUAL: operator.ge,
}
_COMBINATIONS: Final[Mapping[Logic, Callable[[list[Callable[[Values], bool]]], Run]]] = {
    Logic.AND: _all_true,
    Logic.OR: _some_true,
    Logic.XOR: _odd_true,
}
