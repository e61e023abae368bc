"""JSON whose numbers keep their literal text and whose objects keep their order."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any


class Literal(str):
    """A number as it is written."""

    __slots__ = ()

    def decimal(self) -> Decimal | str:
        """Its value; the text where it is beyond what a decimal holds."""
        try:
            return Decimal(str(self))
        except InvalidOperation:
            return str(self)


_DECODER = json.JSONDecoder(parse_float=Literal, parse_int=Literal)


def loads(text: str | bytes) -> Any:
    """Parses one value.

    Raises:
        ValueError: it is no JSON.
    """
    return _DECODER.decode(text.decode() if isinstance(text, bytes) else text)


def loads_stream(text: str | bytes) -> list[Any]:
    """Parses values one after another."""
    rest = (text.decode() if isinstance(text, bytes) else text).strip()
    values: list[Any] = []
    while rest:
        value, end = _DECODER.raw_decode(rest)
        values.append(value)
        rest = rest[end:].lstrip()
    return values


def dumps(value: Any) -> str:
    """Writes a value with its numbers as they were."""
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        members = (f"{json.dumps(key)}:{dumps(each)}" for key, each in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dumps(each) for each in value) + "]"
    return json.dumps(value)
