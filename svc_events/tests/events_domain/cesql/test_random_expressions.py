"""Random expressions: written and parsed again they are the same, and a plain model agrees."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from svc_events.domain.cesql import Expression, ExpressionSyntaxError, Primitive
from svc_events.domain.cesql.errors import ErrorKind
from svc_events.domain.cesql.tree import Node

from .model import outcome
from .trees import attributes, trees, write


@given(trees)
@settings(deadline=None)
def test_an_expression_survives_being_written(tree: Node):
    assert Expression(write(tree)).tree == tree


@given(trees, attributes)
@settings(deadline=None)
def test_the_model_agrees(tree: Node, values: dict[str, Primitive]):
    found = Expression(write(tree)).evaluate(values)
    value, errors = outcome(tree, values)
    assert (type(found.value), found.value) == (type(value), value)
    assert [error.kind for error in found.errors] == errors


def error_of(text: str) -> ExpressionSyntaxError | None:
    try:
        Expression(text).evaluate({})
    except ExpressionSyntaxError as error:
        return error
    return None


@given(st.text("ab1 '\"\\()=<>!+-*/%,_.\n", max_size=30) | st.text(max_size=10))
@settings(deadline=None)
def test_any_text_is_an_expression_or_has_an_error_with_a_place(text: str):
    error = error_of(text)
    if error is not None:
        before = text.split("\n")[: error.line - 1]
        assert sum(len(line) + 1 for line in before) + error.column - 1 == error.offset
        assert 0 <= error.offset <= len(text)


TOKENS = [
    "a",
    "1",
    "'x'",
    "AND",
    "OR",
    "XOR",
    "NOT",
    "IN",
    "LIKE",
    "EXISTS",
    "(",
    ")",
    ",",
    "-",
    "+",
    "=",
    "<",
    "f(",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join))
@settings(deadline=None)
def test_any_tokens_are_an_expression_or_have_an_error(text: str):
    error = error_of(text)
    assert error is None or error.why


def test_both_sides_are_evaluated_before_one_is_cast():
    found = Expression("'' = -(-2147483648)").evaluate({})
    assert [error.kind for error in found.errors] == [ErrorKind.MATH]
