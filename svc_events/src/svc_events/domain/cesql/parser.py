"""Parses expressions by precedence climbing, with the precedence of section 3.6.

From the tightest: functions; NOT and `-`; LIKE; IN; `*` `/` `%`; `+` `-`; comparisons; AND, OR and
XOR, all three alike. What binds alike goes from left to right. Note what follows from that:
`NOT a = b` is `(NOT a) = b`, and `a OR b AND c` is `(a OR b) AND c`.

Where the specification disagrees with itself:

- Its grammar file makes AND, OR and XOR bind from the right; its text (3.6) says from the left. The
  text is followed.
- Its text allows lower-case names of attributes only, while its examples and its test suite use
  `missingAttribute` and `EXISTS SOURCE`. Any case is taken, and lowered.
- Its grammar file has `''` inside a string in single quotes, its text has not. The text is
  followed.
- By its grammar file `4-1` is the integer 4 followed by the integer -1, thus an error. Here a sign
  belongs to a literal only where a value is expected, so it is the difference. Whatever the grammar
  file accepts means the same here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from svc_events.domain.cesql.errors import ExpressionSyntaxError
from svc_events.domain.cesql.limits import MAX_DEPTH
from svc_events.domain.cesql.tokens import Token, TokenKind, tokenize
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
from svc_events.domain.events.event import is_name
from svc_events.domain.events.faults import shown
from svc_events.domain.events.limits import MAX_NAME_LENGTH
from svc_events.domain.events.values import MAX_INTEGER, MIN_INTEGER

_LOGIC, _RELATION, _SUM, _PRODUCT, _IN, _LIKE, _UNARY = range(1, 8)
_FUNCTION_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_]*+")
_Tall: TypeAlias = tuple[Node, int]
"""A node and how many levels it has."""


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionSyntaxError: the text is no expression, is longer than 4,096 characters, or is
            nested deeper than 64 levels.
    """
    return _Parser(text).whole()


class _Parser:
    """Goes through the tokens once. `depth` is the level of what is read; it is bounded."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._index = 0

    def whole(self) -> Node:
        """The expression that the whole text is."""
        node, _ = self._expression(0, 1)
        if self._next.kind is not TokenKind.END:
            raise self._unexpected("an operator", "the end")
        return node

    def _expression(self, power: int, depth: int) -> _Tall:
        """An operand, with the operators behind it that bind tighter than `power`."""
        if depth > MAX_DEPTH:
            raise self._too_deep(self._next)
        left = self._operand(depth)
        while True:
            operator = self._next
            strength, read = _INFIX.get(_symbol(operator), _NO_OPERATOR)
            if strength <= power:
                return left
            self._index += 1
            left = read(self, left, operator, depth)
            if left[1] > MAX_DEPTH:
                raise self._too_deep(operator)

    # What begins an expression

    def _operand(self, depth: int) -> _Tall:
        token = self._next
        read = _OPERANDS.get(token.kind) or _PREFIX.get(_symbol(token))
        if read is None:
            raise self._unexpected("a value", "a name", "NOT", "EXISTS", "-", "(")
        self._index += 1
        return read(self, token, depth)

    def string(self, token: Token, _: int) -> _Tall:
        return Literal(token.text, token.start), 1

    def integer(self, token: Token, _: int) -> _Tall:
        return self._number(token.text, token), 1

    def boolean(self, token: Token, _: int) -> _Tall:
        return Literal(token.text == "TRUE", token.start), 1

    def word(self, token: Token, depth: int) -> _Tall:
        if _symbol(self._next) == "(":
            return self.call(token, depth)
        return Attribute(self._name(token), token.start), 1

    def call(self, token: Token, depth: int) -> _Tall:
        if not _FUNCTION_NAME.fullmatch(token.text):
            raise self._wrong(f"{token} is no function name of letters and, after one, _", token)
        self._index += 1
        if self._found(")"):
            return Call(token.text.upper(), (), token.start), 1
        arguments, height = self._list(depth)
        return Call(token.text.upper(), arguments, token.start), height + 1

    def parenthesis(self, _: Token, depth: int) -> _Tall:
        inner = self._expression(0, depth + 1)
        self._expect(")", "an operator")
        return inner

    def existence(self, token: Token, _: int) -> _Tall:
        name = self._next
        if name.kind not in (TokenKind.WORD, TokenKind.INTEGER):
            raise self._unexpected("a name")
        self._index += 1
        return Exists(self._name(name), token.start), 1

    def inversion(self, token: Token, depth: int) -> _Tall:
        operand, height = self._expression(_UNARY, depth + 1)
        return Invert(operand, token.start), height + 1

    def minus(self, token: Token, depth: int) -> _Tall:
        """A negative integer, if digits follow at once; otherwise the negation of what follows."""
        if self._is_number_behind(token):
            return self._signed(token)
        operand, height = self._expression(_UNARY, depth + 1)
        return Negate(operand, token.start), height + 1

    def plus(self, token: Token, _: int) -> _Tall:
        if not self._is_number_behind(token):
            raise self._wrong(
                "there is no unary +, other than before the digits of an integer", token
            )
        return self._signed(token)

    def _signed(self, sign: Token) -> _Tall:
        digits = self._next
        self._index += 1
        return self._number(sign.text + digits.text, sign), 1

    # What stands behind an operand

    def combination(self, left: _Tall, token: Token, depth: int) -> _Tall:
        operator = Logic(token.text)
        (first, height), (second, right_height) = left, self._expression(_LOGIC, depth + 1)
        if isinstance(first, Combine) and first.operator is operator:
            operands = (*first.operands, second)
            return Combine(operator, operands, first.at), max(height, right_height + 1)
        combined = Combine(operator, (first, second), token.start)
        return combined, max(height, right_height) + 1

    def comparison(self, left: _Tall, token: Token, depth: int) -> _Tall:
        relation = Relation("!=" if token.text == "<>" else token.text)
        right, height = self._expression(_RELATION, depth + 1)
        return Compare(relation, left[0], right, token.start), max(left[1], height) + 1

    def calculation(self, left: _Tall, token: Token, depth: int) -> _Tall:
        operator = Arithmetic(token.text)
        right, height = self._expression(_INFIX[token.text][0], depth + 1)
        return Calculate(operator, left[0], right, token.start), max(left[1], height) + 1

    def negated(self, left: _Tall, token: Token, depth: int) -> _Tall:
        """NOT LIKE and NOT IN."""
        if self._found("LIKE"):
            return self.likeness(left, token, depth)
        if self._found("IN"):
            return self.membership(left, token, depth)
        raise self._unexpected("LIKE", "IN")

    def likeness(self, left: _Tall, token: Token, _: int) -> _Tall:
        pattern = self._next
        if pattern.kind is not TokenKind.STRING:
            raise self._unexpected("a string as the pattern")
        self._index += 1
        return Like(left[0], pattern.text, token.text == "NOT", token.start), left[1] + 1

    def membership(self, left: _Tall, token: Token, depth: int) -> _Tall:
        self._expect("(")
        elements, height = self._list(depth)
        node = In(left[0], elements, token.text == "NOT", token.start)
        return node, max(left[1], height) + 1

    # Parts

    def _list(self, depth: int) -> tuple[tuple[Node, ...], int]:
        """Expressions between commas, up to the closing parenthesis, and their most levels."""
        members = [self._expression(0, depth + 1)]
        while self._found(","):
            members.append(self._expression(0, depth + 1))
        self._expect(")", "an operator", ",")
        return tuple(node for node, _ in members), max(height for _, height in members)

    def _name(self, token: Token) -> str:
        name = token.text.lower()
        if not is_name(name):
            rule = f"{token} is no attribute name of [a-z0-9], at most {MAX_NAME_LENGTH}"
            raise self._wrong(rule, token)
        return name

    def _number(self, text: str, token: Token) -> Literal:
        value = int(text)
        if not MIN_INTEGER <= value <= MAX_INTEGER:
            why = f"{shown(text)} is outside {MIN_INTEGER} to {MAX_INTEGER}"
            raise self._wrong(why, token)
        return Literal(value, token.start)

    def _is_number_behind(self, sign: Token) -> bool:
        return self._next.kind is TokenKind.INTEGER and self._next.start == sign.end

    @property
    def _next(self) -> Token:
        return self._tokens[self._index]

    def _found(self, symbol: str) -> bool:
        is_there = _symbol(self._next) == symbol
        self._index += is_there
        return is_there

    def _expect(self, symbol: str, *others: str) -> None:
        if not self._found(symbol):
            raise self._unexpected(*others, symbol)

    def _unexpected(self, *expected: str) -> ExpressionSyntaxError:
        token = self._next
        return ExpressionSyntaxError(
            f"{token} does not fit", text=self._text, offset=token.start, expected=expected
        )

    def _wrong(self, why: str, token: Token) -> ExpressionSyntaxError:
        return ExpressionSyntaxError(why, text=self._text, offset=token.start)

    def _too_deep(self, token: Token) -> ExpressionSyntaxError:
        return self._wrong(f"the expression is nested deeper than {MAX_DEPTH} levels", token)


def _symbol(token: Token) -> str:
    """The text of a symbol or keyword; nothing for all else, so that a string is no operator."""
    return token.text if token.kind in (TokenKind.SYMBOL, TokenKind.KEYWORD) else ""


_Operand: TypeAlias = Callable[[_Parser, Token, int], _Tall]
_Operator: TypeAlias = Callable[[_Parser, _Tall, Token, int], _Tall]


def _no_operator(_: _Parser, left: _Tall, __: Token, ___: int) -> _Tall:
    return left


_NO_OPERATOR: Final[tuple[int, _Operator]] = (0, _no_operator)
_OPERANDS: Final[dict[TokenKind, _Operand]] = {
    TokenKind.STRING: _Parser.string,
    TokenKind.INTEGER: _Parser.integer,
    TokenKind.WORD: _Parser.word,
}
_PREFIX: Final[dict[str, _Operand]] = {
    "TRUE": _Parser.boolean,
    "FALSE": _Parser.boolean,
    "NOT": _Parser.inversion,
    "EXISTS": _Parser.existence,
    "-": _Parser.minus,
    "+": _Parser.plus,
    "(": _Parser.parenthesis,
}
_INFIX: Final[dict[str, tuple[int, _Operator]]] = {
    **dict.fromkeys(("AND", "OR", "XOR"), (_LOGIC, _Parser.combination)),
    **dict.fromkeys(("=", "!=", "<>", "<", "<=", ">", ">="), (_RELATION, _Parser.comparison)),
    **dict.fromkeys(("+", "-"), (_SUM, _Parser.calculation)),
    **dict.fromkeys(("*", "/", "%"), (_PRODUCT, _Parser.calculation)),
    "IN": (_IN, _Parser.membership),
    "LIKE": (_LIKE, _Parser.likeness),
    "NOT": (_IN, _Parser.negated),
}
