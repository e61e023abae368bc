"""Expressions as trees. Two trees are equal if they mean the same at every place of theirs.

`at` is the offset of the operator, name or literal in the text, for errors; it does not count
for equality.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from svc_events.domain.cesql.types import Primitive, Type


class Arithmetic(Enum):
    """Operators on two Integers that make one."""

    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"
    ADD = "+"
    SUBTRACT = "-"


class Relation(Enum):
    """Operators that compare."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Logic(Enum):
    """Operators on Booleans."""

    AND = "AND"
    OR = "OR"
    XOR = "XOR"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value. Its type is kept beside it, for to Python `True` and `1` are equal."""

    value: Primitive
    at: int = field(compare=False)
    type: Type = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", type(self.value))


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value of an attribute."""

    name: str
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """Whether an attribute is there."""

    name: str
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Negate:
    """`-operand`."""

    operand: Node
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Invert:
    """`NOT operand`."""

    operand: Node
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Calculate:
    """`left operator right` of Integers."""

    operator: Arithmetic
    left: Node
    right: Node
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right`, a Boolean."""

    operator: Relation
    left: Node
    right: Node
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Combine:
    """`first AND second AND …`: two operands or more, from left to right."""

    operator: Logic
    operands: tuple[Node, ...]
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Like:
    """`operand LIKE pattern`."""

    operand: Node
    pattern: str
    is_negated: bool
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """`operand IN (elements)`."""

    operand: Node
    elements: tuple[Node, ...]
    is_negated: bool
    at: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`NAME(arguments)`; the name is in upper case."""

    name: str
    arguments: tuple[Node, ...]
    at: int = field(compare=False)


Node: TypeAlias = (
    Literal
    | Attribute
    | Exists
    | Negate
    | Invert
    | Calculate
    | Compare
    | Combine
    | Like
    | In
    | Call
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    match node:
        case Negate(operand) | Invert(operand) | Like(operand):
            return (operand,)
        case Calculate(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Combine(_, operands):
            return operands
        case In(operand, elements):
            return (operand, *elements)
        case Call(_, arguments):
            return arguments
        case Literal() | Attribute() | Exists():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)
