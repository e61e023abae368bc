"""A plain reading of the specification, to compare the compiled expressions with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from svc_events.domain.cesql import BUILTINS, ErrorKind, Primitive
from svc_events.domain.cesql.tree import (
    Arithmetic,
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
)

from .test_like import is_like
from .trees import LEAST, MOST


class Failed(Exception):
    """An error, and what the operator that has it results in."""

    def __init__(self, kind: ErrorKind, value: Primitive | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.value = value


def text_of(value: Primitive) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def integer_of(value: Primitive) -> int:
    if not isinstance(value, str):
        return int(value)
    digits = value[1:] if value[:1] in ("+", "-") else value
    if not digits.isascii() or not digits.isdigit() or not LEAST <= int(value) <= MOST:
        raise Failed(ErrorKind.CAST)
    return int(value)


def boolean_of(value: Primitive) -> bool:
    if isinstance(value, str) and value.lower() not in ("true", "false"):
        raise Failed(ErrorKind.CAST)
    return value.lower() == "true" if isinstance(value, str) else bool(value)


def like(value: Primitive, to: Primitive) -> Primitive:
    return {bool: boolean_of, int: integer_of, str: text_of}[type(to)](value)


def calculated(operator: Arithmetic, left: int, right: int) -> int:
    if operator in (Arithmetic.DIVIDE, Arithmetic.REMAINDER):
        if right == 0:
            raise Failed(ErrorKind.MATH)
        quotient = int(left / right)  # exact: both have 32 bits, and a double has 53
        result = quotient if operator is Arithmetic.DIVIDE else left - right * quotient
    else:
        result = {"+": left + right, "-": left - right, "*": left * right}[operator.value]
    if not LEAST <= result <= MOST:
        raise Failed(ErrorKind.MATH)
    return result


def model(node: Node, values: Mapping[str, Primitive]) -> Primitive:  # noqa: C901 - one case each
    """Evaluates a tree as the specification reads."""

    def run(inner: Node) -> Primitive:
        try:
            return model(inner, values)
        except Failed as failed:
            raise Failed(failed.kind) from failed  # whoever is above results in its own zero

    match node:
        case Literal(value):
            return value
        case Attribute(name):
            if name not in values:
                raise Failed(ErrorKind.MISSING_ATTRIBUTE)
            return values[name]
        case Exists(name):
            return name in values
        case Negate(operand):
            return calculated(Arithmetic.SUBTRACT, 0, integer_of(run(operand)))
        case Invert(operand):
            value = run(operand)
            if type(value) is int:
                raise Failed(ErrorKind.CAST, True)
            return not boolean_of(value)
        case Calculate(operator, left, right):
            return calculated(operator, integer_of(run(left)), integer_of(run(right)))
        case Compare(Relation.EQUAL | Relation.NOT_EQUAL as relation, left, right):
            mine, its = run(left), run(right)
            return (like(mine, its) == its) is (relation is Relation.EQUAL)
        case Compare(relation, left, right):
            mine, its = integer_of(run(left)), integer_of(run(right))
            return {"<": mine < its, "<=": mine <= its, ">": mine > its, ">=": mine >= its}[
                relation.value
            ]
        case Combine(operator, operands):
            found = boolean_of(run(operands[0]))
            for operand in operands[1:]:
                if operator is Logic.XOR:
                    found ^= boolean_of(run(operand))
                elif found is (operator is Logic.AND):
                    found = boolean_of(run(operand))
            return found
        case Like(operand, pattern, is_negated):
            return is_like(text_of(run(operand)), pattern) is not is_negated
        case In(operand, elements, is_negated):
            value = run(operand)
            return any(like(run(each), value) == value for each in elements) is not is_negated
        case Call(name, arguments):
            return called(name, [lambda each=each: run(each) for each in arguments])


def called(name: str, arguments: list[Callable[[], Any]]) -> Any:
    function = BUILTINS.find(name, len(arguments))
    if function is None:
        raise Failed(ErrorKind.MISSING_FUNCTION)
    rest = [function.rest] * (len(arguments) - len(function.parameters))
    types = (*function.parameters, *rest)
    values = [like(each(), wanted()) for each, wanted in zip(arguments, types, strict=True)]
    match name, values:
        case "LENGTH", [text]:
            return len(text)
        case "CONCAT", _:
            return "".join(values)
        case "CONCAT_WS", [delimiter, *others]:
            return delimiter.join(others)
        case "LEFT", [text, count]:
            if count < 0:
                raise Failed(ErrorKind.FUNCTION_EVALUATION, text)
            return "".join(each for place, each in enumerate(text) if place < count)
        case "SUBSTRING", [text, begin, *count]:
            places = range(1, len(text) + 1)
            if any(each < 0 for each in count) or (
                begin and begin not in [*places, *(-p for p in places)]
            ):
                raise Failed(ErrorKind.FUNCTION_EVALUATION)
            begin = begin + len(text) + 1 if begin < 0 else begin
            end = begin + count[0] if count else MOST
            return "".join(text[p - 1] for p in places if begin and begin <= p < end)
        case "ABS", [number]:
            if number == LEAST:
                raise Failed(ErrorKind.MATH, MOST)
            return abs(number)
    return values[0]


def type_of(node: Node) -> type:
    match node:
        case Literal(value):
            return type(value)
        case Negate() | Calculate():
            return int
        case Call(name, arguments):
            function = BUILTINS.find(name, len(arguments))
            return function.returns if function else bool
    return bool


def outcome(node: Node, values: Mapping[str, Primitive]) -> tuple[Primitive, list[ErrorKind]]:
    """The value of a tree and the kinds of its errors."""
    try:
        return model(node, values), []
    except Failed as failed:
        value = type_of(node)() if failed.value is None else failed.value
        return value, [failed.kind]
