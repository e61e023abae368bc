"""Random expressions, as trees and as texts."""

from __future__ import annotations

from hypothesis import strategies as st
from svc_events.domain.cesql import Primitive
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

LEAST, MOST = -(2**31), 2**31 - 1


def is_writable(text: str) -> bool:
    """Whether a literal can hold a text: a backslash takes the quote behind it along."""
    return not text.endswith("\\") and "\\'" not in text and '\\"' not in text


integers = st.one_of(st.integers(-4, 4), st.sampled_from([LEAST, LEAST + 1, MOST, 65_536]))
texts = st.one_of(
    st.sampled_from(["", "true", "FALSE", "5", "-3", "+07", "abc", "2147483648", "it's", 'a"b\\c']),
    st.text("ab%_\\'\"", max_size=4).filter(is_writable),
)
literals = st.one_of(st.booleans(), integers, texts).map(lambda value: Literal(value, 0))
names = st.sampled_from(["t", "n", "b", "absent"])
leaves = st.one_of(
    literals, names.map(lambda name: Attribute(name, 0)), names.map(lambda name: Exists(name, 0))
)
patterns = st.text("ab%_", max_size=4)
functions = st.sampled_from(
    ["LENGTH", "CONCAT", "CONCAT_WS", "LEFT", "SUBSTRING", "ABS", "INT", "BOOL", "STRING", "NONE"]
)


def combine(operator: Logic, operands: list[Node]) -> Node:
    """As the parser makes chains: the first operand is none of the same operator."""
    first, *others = operands
    if isinstance(first, Combine) and first.operator is operator:
        return Combine(operator, (*first.operands, *others), 0)
    return Combine(operator, tuple(operands), 0)


def branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        # The parser makes a negative literal of a minus and digits.
        st.builds(lambda node: Negate(node, 0), inner),
        st.builds(lambda node: Invert(node, 0), inner),
        st.builds(lambda *a: Calculate(*a, 0), st.sampled_from(Arithmetic), inner, inner),
        st.builds(lambda *a: Compare(*a, 0), st.sampled_from(Relation), inner, inner),
        st.builds(combine, st.sampled_from(Logic), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda *a: Like(*a, 0), inner, patterns, st.booleans()),
        st.builds(lambda *a: In(*a, 0), inner, several, st.booleans()),
        st.builds(lambda *a: Call(*a, 0), functions, several),
    )


trees: st.SearchStrategy[Node] = st.recursive(leaves, branches, max_leaves=12)
attributes = st.fixed_dictionaries(
    {},
    optional={"t": texts, "n": integers, "b": st.booleans()},
)


def write(node: Node) -> str:
    """The text of a tree, in as many parentheses as possible."""
    match node:
        case Literal(value):
            return literal(value)
        case Attribute(name):
            return name
        case Exists(name):
            return f"EXISTS {name}"
        case Negate(operand):
            return f"- ({write(operand)})"
        case Invert(operand):
            return f"NOT ({write(operand)})"
        case Calculate(operator, left, right) | Compare(operator, left, right):
            return f"({write(left)}) {operator.value} ({write(right)})"
        case Combine(operator, operands):
            return f" {operator.value} ".join(f"({write(each)})" for each in operands)
        case Like(operand, pattern, is_negated):
            return f"({write(operand)}) {'NOT ' * is_negated}LIKE {literal(pattern)}"
        case In(operand, elements, is_negated):
            listed = ", ".join(map(write, elements))
            return f"({write(operand)}) {'NOT ' * is_negated}IN ({listed})"
        case Call(name, arguments):
            return f"{name}({', '.join(map(write, arguments))})"


def literal(value: Primitive) -> str:
    if isinstance(value, str):
        escaped = value.replace("'", "\\'")
        return f"'{escaped}'"
    return str(value).upper()
