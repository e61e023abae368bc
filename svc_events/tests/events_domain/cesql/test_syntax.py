"""What is an expression, and what is said of what is none."""

from __future__ import annotations

import pytest
from svc_events.domain.cesql import Expression, ExpressionSyntaxError

OPERAND = ("a value", "a name", "NOT", "EXISTS", "-", "(")


def error_of(text: str) -> ExpressionSyntaxError:
    with pytest.raises(ExpressionSyntaxError) as caught:
        Expression(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("", 0, OPERAND),
        ("   ", 3, OPERAND),
        ("a b", 2, ("an operator", "the end")),
        ("a 'b'", 2, ("an operator", "the end")),
        ("'it''s'", 4, ("an operator", "the end")),
        ("5 5", 2, ("an operator", "the end")),
        ("a)", 1, ("an operator", "the end")),
        ("(a", 2, ("an operator", ")")),
        ("()", 1, OPERAND),
        ("1 +", 3, OPERAND),
        ("* 1", 0, OPERAND),
        ("a = = b", 4, OPERAND),
        ("a AND", 5, OPERAND),
        ("AND a", 0, OPERAND),
        ("NOT", 3, OPERAND),
        ("a NOT b", 6, ("LIKE", "IN")),
        ("a NOT EXISTS b", 6, ("LIKE", "IN")),
        ("a LIKE 5", 7, ("a string as the pattern",)),
        ("a LIKE b", 7, ("a string as the pattern",)),
        ("a LIKE ('x')", 7, ("a string as the pattern",)),
        ("a IN b", 5, ("(",)),
        ("a IN ()", 6, OPERAND),
        ("a IN (1,)", 8, OPERAND),
        ("a IN (1", 7, ("an operator", ",", ")")),
        ("EXISTS 'a'", 7, ("a name",)),
        ("EXISTS and", 7, ("a name",)),
        ("EXISTS (a)", 7, ("a name",)),
        ("ABC(", 4, OPERAND),
        ("ABC(1", 5, ("an operator", ",", ")")),
        ("ABC(,)", 4, OPERAND),
        ("IN(1)", 0, OPERAND),
    ],
)
def test_an_error_says_where_and_what_was_expected(
    text: str, offset: int, expected: tuple[str, ...]
):
    error = error_of(text)
    assert (error.offset, error.expected) == (offset, expected)


@pytest.mark.parametrize(
    ("text", "offset", "why"),
    [
        ("'abc", 0, "the string that begins here has no end; ' inside it is written \\'"),
        ('a = "abc\\"', 4, 'the string that begins here has no end; " inside it is written \\"'),
        ("a ; b", 2, "';' begins nothing that an expression may hold"),
        ("é", 0, "'é' begins nothing that an expression may hold"),
        ("a ! b", 2, "'!' begins nothing that an expression may hold"),
        ("a\x00", 1, "'\\x00' begins nothing that an expression may hold"),
        ("a\u00a0", 1, "'\\xa0' begins nothing that an expression may hold"),
        ("2147483648", 0, "'2147483648' is outside -2147483648 to 2147483647"),
        ("- 2147483648", 2, "'2147483648' is outside -2147483648 to 2147483647"),
        ("-2147483649", 0, "'-2147483649' is outside -2147483648 to 2147483647"),
        ("+ 5", 0, "there is no unary +, other than before the digits of an integer"),
        ("a_b = 1", 0, "'a_b' is no attribute name of [a-z0-9], at most 64"),
        ("a" * 65, 0, f"'{'a' * 65}' is no attribute name of [a-z0-9], at most 64"),
        ("F1(2)", 0, "'F1' is no function name of letters and, after one, _"),
        ("_F()", 0, "'_F' is no function name of letters and, after one, _"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, offset: int, why: str):
    error = error_of(text)
    assert (error.offset, error.why) == (offset, why)


def test_a_place_is_told_as_line_and_column_too():
    error = error_of("a = 1\n  AND\n  b LIKE c")
    assert (error.line, error.column, error.offset) == (3, 10, 21)
    assert error.message == (
        "the expression is wrong at line 3, column 10: 'c' does not fit; "
        "expected a string as the pattern"
    )
    assert error.reason == "PARSE_ERROR"
    assert error.metadata == {
        "format": "cesql",
        "line": "3",
        "column": "10",
        "offset": "21",
        "expected": "a string as the pattern",
    }


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a and not B", "A AND (NOT b)"),
        ("a OR b AND c XOR d", "((a OR b) AND c) XOR d"),
        ("a OR (b AND c)", "a OR ((b) AND (c))"),
        ("NOT a = b", "(NOT a) = b"),
        ("NOT a LIKE 'x'", "(NOT a) LIKE 'x'"),
        ("NOT EXISTS a", "NOT (EXISTS a)"),
        ("-a * b", "(-a) * b"),
        ("- - a", "-(-a)"),
        ("a * b LIKE 'x'", "a * (b LIKE 'x')"),
        ("a + b IN (c)", "a + (b IN (c))"),
        ("a IN (b) LIKE 'x' IN (c)", "((a IN (b)) LIKE 'x') IN (c)"),
        ("a - b - c", "(a - b) - c"),
        ("a - b * c / d", "a - ((b * c) / d)"),
        ("a + b < c - d", "(a + b) < (c - d)"),
        ("a = b = c", "(a = b) = c"),
        ("a < b AND c > d", "(a < b) AND (c > d)"),
        ("a <> b", "a != b"),
        ("a\t=\r\n1", "a=1"),
        ("f( a , b )", "F(a,b)"),
        ('"it\'s"', "'it\\'s'"),
        ("+5", "5"),
    ],
)
def test_both_are_the_same_expression(text: str, same: str):
    assert Expression(text) == Expression(same)
    assert hash(Expression(text)) == hash(Expression(same))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("TRUE", "1"),
        ("'1'", "1"),
        ("a OR b AND c", "a OR (b AND c)"),
        ("NOT a = b", "NOT (a = b)"),
        ("a AND b", "b AND a"),
        ("a IN (1)", "a NOT IN (1)"),
        ("-5", "- 5"),
    ],
)
def test_these_are_different_expressions(text: str, other: str):
    assert Expression(text) != Expression(other)


def test_the_length_is_limited():
    Expression("a" + " " * 8191)
    error = error_of("a" + " " * 8192)
    assert (error.offset, error.why) == (8192, "8193 characters are more than 8192")


def nested(levels: int, before: str, after: str) -> str:
    return before * (levels - 1) + "a" + after * (levels - 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(", ")"),
        ("- ", ""),
        ("NOT ", ""),
        ("f(", ")"),
        ("", " + a"),
        ("", " = a"),
        ("", " LIKE 'x'"),
        ("", " IN (a)"),
        ("a IN (", ")"),
        ("a + (", ")"),
        ("a AND (a OR ", ")"),
    ],
)
def test_the_depth_is_limited(before: str, after: str):
    # What stands behind an operator is a level, and a parenthesis is another.
    is_double = before.startswith("a ") and before != "a IN ("
    Expression(nested(32 if is_double else 64, before, after))
    for levels in (65, 300):
        text = nested(levels, before, after)
        if len(text) <= 4096:
            assert "nested deeper than 64 levels" in error_of(text).why
