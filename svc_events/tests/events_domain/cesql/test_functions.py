"""Functions: those that every engine has, and others."""

from __future__ import annotations

from typing import Any

import pytest
from svc_events.domain.cesql import (
    BUILTINS,
    ErrorKind,
    Expression,
    Function,
    FunctionError,
    FunctionTable,
)

from .evaluating import ATTRIBUTES, CAST, FUNCTION, MATH, UNKNOWN, fault_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("LENGTH('a😀é')", 3),
        ("length(five)", 1),
        ("LENGTH(yes)", 4),
        ("CONCAT()", ""),
        ("CONCAT(id, five, yes)", "e-75true"),
        ("CONCAT_WS('-')", ""),
        ("CONCAT_WS('-', 1, '', TRUE)", "1--true"),
        ("LOWER('ÀB1')", "àb1"),
        ("UPPER('straße')", "STRASSE"),
        ("TRIM(' \t\u3000a b\u00a0')", "a b"),
        ("LENGTH(TRIM('\x1f a \x00'))", 5),
        ("LEFT('abc', 2)", "ab"),
        ("LEFT('abc', 0)", ""),
        ("LEFT('abc', '5')", "abc"),
        ("RIGHT('abc', 2)", "bc"),
        ("RIGHT('abc', 0)", ""),
        ("RIGHT('abc', 2147483647)", "abc"),
        ("SUBSTRING('abcdef', 1)", "abcdef"),
        ("SUBSTRING('abcdef', 6)", "f"),
        ("SUBSTRING('abcdef', -2)", "ef"),
        ("SUBSTRING('abcdef', -6)", "abcdef"),
        ("SUBSTRING('abcdef', 0)", ""),
        ("SUBSTRING('abcdef', 2, 3)", "bcd"),
        ("SUBSTRING('abcdef', 2, 0)", ""),
        ("SUBSTRING('abcdef', -3, 2)", "de"),
        ("SUBSTRING('abcdef', 5, 100)", "ef"),
        ("SUBSTRING('', 0)", ""),
        ("ABS(-5)", 5),
        ("ABS('-5')", 5),
        ("ABS(2147483647)", 2147483647),
        ("INT('-007')", -7),
        ("INT(yes)", 1),
        ("BOOL('fAlSe')", False),
        ("BOOL(-1)", True),
        ("STRING(yes)", "true"),
        ("STRING(-7)", "-7"),
        ("CONCAT ( 'a' , 'b' )", "ab"),
        ("LEFT(CONCAT(type, '/', source), LENGTH(type)) = type", True),
    ],
)
def test_a_function_results_in_a_value(text: str, value: Any):
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("LEFT('abc', -1)", "abc", FUNCTION),
        ("RIGHT('abc', -1)", "abc", FUNCTION),
        ("SUBSTRING('abc', 4)", "", FUNCTION),
        ("SUBSTRING('abc', -4)", "", FUNCTION),
        ("SUBSTRING('abc', 0, -1)", "", FUNCTION),
        ("SUBSTRING('', 1)", "", FUNCTION),
        ("ABS(-2147483648)", 2147483647, MATH),
        ("ABS('x')", 0, CAST),
        ("INT('x')", 0, CAST),
        ("INT('')", 0, CAST),
        ("INT('+')", 0, CAST),
        ("INT('99999999999')", 0, CAST),
        ("BOOL('1')", False, CAST),
        ("LEFT('abc', 'x')", "", CAST),
        ("LEFT(1, 2, 3)", False, UNKNOWN),
    ],
)
def test_a_function_results_in_an_error_and_a_value(text: str, value: Any, kind: ErrorKind):
    assert fault_of(text) == (value, kind)


def test_a_text_does_not_grow_without_bound():
    doubled = "'" + "x" * 1000 + "'"
    for _ in range(2):
        doubled = f"CONCAT({doubled}, {doubled})"
    assert len(value_of(f"CONCAT(LEFT({doubled}, 40))")) == 40  # type: ignore[arg-type]
    attributes = {"a": "x" * 4000}
    many = Expression(f"CONCAT({', '.join('a' * 17)})").evaluate(attributes)
    assert many.value == ""
    assert many.errors[0].message == "CONCAT made 68000 characters, more than 65536"


def test_thousands_of_digits_are_no_integer():
    assert Expression("INT(a)").evaluate({"a": "9" * 60_000}).errors[0].kind is CAST
    assert Expression("INT(a)").evaluate({"a": "-" + "0" * 60_000 + "7"}).value == -7


def reverse(text: str) -> str:
    return text[::-1]


def refuse(text: str, *_: int) -> bool:
    raise FunctionError(f"no {text}", True)


REVERSE = Function("REVERSE", (str,), str, reverse)
REFUSE = Function("REFUSE", (str,), bool, refuse, rest=int)
MINE = BUILTINS.with_functions(
    REVERSE,
    REFUSE,
    Function("WRONG", (), int, lambda: "5"),
    Function("BOOLISH", (), int, lambda: True),
    Function("MISTYPED", (), int, lambda: refuse("x")),
)


def test_further_functions_are_called_like_the_others():
    assert value_of("reverse(12)", MINE) == "21"
    assert fault_of("reverse(12)") == (False, UNKNOWN)


def test_an_error_of_a_further_function_is_one_of_the_evaluation():
    assert fault_of("REFUSE('x', 1, '2')", MINE) == (True, FUNCTION)
    assert fault_of("NOT REFUSE('x')", MINE) == (False, FUNCTION)
    assert fault_of("REFUSE('x', 'y')", MINE) == (False, CAST)
    assert fault_of("REFUSE()", MINE) == (False, UNKNOWN)


@pytest.mark.parametrize("name", ["WRONG", "BOOLISH", "MISTYPED"])
def test_what_is_no_value_of_the_declared_type_becomes_its_zero(name: str):
    assert fault_of(f"{name}()", MINE) == (0, FUNCTION)


def function(name: str, count: int, *, rest: bool = False) -> Function:
    return Function(name, (str,) * count, bool, lambda *_: True, rest=str if rest else None)


def test_functions_of_one_name_are_told_apart_by_arity():
    table = FunctionTable([function("ABC", 1), function("ABC", 2), function("ABC", 3, rest=True)])
    for arity in (1, 2, 3, 9):
        found = table.find("ABC", arity)
        assert found is not None
        assert len(found.parameters) == min(arity, 3)
    assert table.find("ABC", 0) is None


@pytest.mark.parametrize(
    "functions",
    [
        [function("ABC", 0, rest=True), function("ABC", 3)],
        [function("ABC", 3), function("ABC", 3, rest=True)],
        [function("ABC", 1), function("ABC", 1)],
        [function("ABC", 1, rest=True), function("ABC", 2, rest=True)],
        [function("abc", 1)],
        [function("A1", 1)],
        [function("_A", 1)],
    ],
)
def test_functions_that_cannot_be_told_apart_or_named_are_refused(functions: list[Function]):
    with pytest.raises(ValueError):
        FunctionTable(functions)


def test_unknown_calls_are_listed_without_evaluating():
    unknown = Expression("TRUE OR f(g(LENGTH('a')), LENGTH())").unknown_calls
    assert [(call.name, len(call.arguments), call.at) for call in unknown] == [
        ("F", 2, 8),
        ("G", 1, 10),
        ("LENGTH", 0, 26),
    ]
    assert Expression("TRUE OR f()").is_true(ATTRIBUTES)
