"""Cuts an expression into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from svc_events.domain.cesql.errors import ExpressionSyntaxError
from svc_events.domain.cesql.limits import MAX_EXPRESSION_LENGTH

KEYWORDS: Final = frozenset({"AND", "OR", "XOR", "NOT", "LIKE", "EXISTS", "IN", "TRUE", "FALSE"})

# A backslash takes the next character with it, so that a quote behind one does not end a string.
_TOKEN: Final = re.compile(
    r"""[ \t\r\n]++
    |(?P<word>[A-Za-z0-9_]++)
    |(?P<single>'(?:[^'\\]|\\.)*+')
    |(?P<double>"(?:[^"\\]|\\.)*+")
    |(?P<symbol><=|>=|<>|!=|[=<>+\-*/%(),])""",
    re.VERBOSE | re.DOTALL,
)


class TokenKind(Enum):
    """What a token is."""

    WORD = auto()
    KEYWORD = auto()
    INTEGER = auto()
    STRING = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression.

    Args:
        kind: What it is.
        text: As it is written, but keywords in upper case, and strings without quotes and escapes.
        start: Offset of its first character.
        end: Offset behind its last one.
    """

    kind: TokenKind
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        if self.kind is TokenKind.END:
            return "the end"
        return f"the string {self.text!r}" if self.kind is TokenKind.STRING else repr(self.text)


def tokenize(text: str) -> list[Token]:
    """The tokens of a text; the last one is the end.

    Raises:
        ExpressionSyntaxError: a character that begins no token, a string without its end, or a
            text longer than 8,192 characters.
    """
    if len(text) > MAX_EXPRESSION_LENGTH:
        why = f"{len(text)} characters are more than {MAX_EXPRESSION_LENGTH}"
        raise ExpressionSyntaxError(why, text=text, offset=MAX_EXPRESSION_LENGTH)
    return [*_tokens(text), Token(TokenKind.END, "", len(text), len(text))]


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _no_token(text, at)
        at = found.end()
        if found.lastgroup is not None:
            yield _token(found)


def _token(found: re.Match[str]) -> Token:
    kind, text = _KINDS[found.lastgroup or ""], found.group()
    if kind is TokenKind.STRING:
        text = text[1:-1].replace(f"\\{text[0]}", text[0])
    elif kind is TokenKind.WORD:
        if text.isdecimal():
            kind = TokenKind.INTEGER
        elif text.upper() in KEYWORDS:
            kind, text = TokenKind.KEYWORD, text.upper()
    return Token(kind, text, found.start(), found.end())


def _no_token(text: str, at: int) -> ExpressionSyntaxError:
    if text[at] in "'\"":
        why = (
            f"the string that begins here has no end; {text[at]} inside it is written \\{text[at]}"
        )
    else:
        why = f"{text[at]!r} begins nothing that an expression may hold"
    return ExpressionSyntaxError(why, text=text, offset=at)


_KINDS: Final = {
    "word": TokenKind.WORD,
    "single": TokenKind.STRING,
    "double": TokenKind.STRING,
    "symbol": TokenKind.SYMBOL,
}
