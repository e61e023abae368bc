"""Objects in plain JSON, as people write them, and in the messages of the contract."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn, cast

import click
from oms.object.v1 import filter_pb2, object_pb2

_REF: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}/[A-Za-z0-9_][A-Za-z0-9_.:@~-]{0,199}")
_WHERE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)\s*(!=|<=|>=|=|<|>|~)\s*(.*)", re.DOTALL)
_OPERATORS: Final = {
    "=": filter_pb2.COMPARISON_OPERATOR_EQUAL,
    "!=": filter_pb2.COMPARISON_OPERATOR_NOT_EQUAL,
    "<": filter_pb2.COMPARISON_OPERATOR_LESS,
    "<=": filter_pb2.COMPARISON_OPERATOR_LESS_OR_EQUAL,
    ">": filter_pb2.COMPARISON_OPERATOR_GREATER,
    ">=": filter_pb2.COMPARISON_OPERATOR_GREATER_OR_EQUAL,
}


class Number(str):
    """A number of JSON, as it was written."""


class RefType(click.ParamType[str]):
    """An object as `Type/id`."""

    name = "object"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Reads an object's name; a wrong one is a usage error."""
        if not _REF.fullmatch(str(value)):
            self.fail(f"{value!r} is no object such as Country/KR", param, ctx)
        return str(value)


class WhereType(click.ParamType[filter_pb2.Filter]):
    """`property=value`; also `!=`, `<`, `<=`, `>`, `>=`, and `~` for an RE2 expression."""

    name = "condition"

    def convert(self, value: Any, param: Any, ctx: Any) -> filter_pb2.Filter:
        """Reads a condition; a wrong one is a usage error."""
        if isinstance(value, filter_pb2.Filter):
            return value
        match = _WHERE.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} is no condition such as population>1000000", param, ctx)
        name, operator, text = match.groups()
        if operator == "~":
            pattern = filter_pb2.TextMatch(
                property=name, operator=filter_pb2.TEXT_OPERATOR_REGEX, pattern=text
            )
            return filter_pb2.Filter(text=pattern)
        comparison = filter_pb2.Comparison(
            property=name, operator=_OPERATORS[operator], value=_condition_value(text)
        )
        return filter_pb2.Filter(compare=comparison)


def _condition_value(text: str) -> object_pb2.Value:
    """What JSON says where it is JSON, such as a number; else the text itself."""
    try:
        return to_value(read_plain(text))
    except (ValueError, click.UsageError):
        return object_pb2.Value(text=text)


def read_plain(text: str | bytes) -> Any:
    """Reads JSON whose numbers stay as they were written."""
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_no_number)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def to_value(plain: Any) -> object_pb2.Value:
    """A value of plain JSON as a message.

    Raises:
        click.UsageError: it is null, or an object that is no text in a language.
    """
    if isinstance(plain, bool):
        return object_pb2.Value(boolean=plain)
    if isinstance(plain, Number):
        return object_pb2.Value(number=str(plain))
    if isinstance(plain, str):
        return object_pb2.Value(text=plain)
    if isinstance(plain, list):
        entries = [to_value(entry) for entry in cast("list[Any]", plain)]
        return object_pb2.Value(list=object_pb2.ValueList(values=entries))
    match plain:
        case {"language": str(language), "text": str(text)}:
            words = object_pb2.LanguageText(language=language, text=text)
            return object_pb2.Value(language_text=words)
        case _:
            raise click.UsageError(f"{json.dumps(plain)[:100]} is no value of an object")


def to_plain(value: object_pb2.Value) -> Any:
    """A value as plain JSON; a number that Python can't hold exactly as its text."""
    kind = value.WhichOneof("kind")
    if kind == "number":
        return _plain_number(value.number)
    if kind == "list":
        return [to_plain(entry) for entry in value.list.values]
    if kind == "language_text":
        return {"language": value.language_text.language, "text": value.language_text.text}
    return getattr(value, kind) if kind else None


def _plain_number(text: str) -> int | float | str:
    if text.lstrip("-").isdigit():
        return int(text)
    found = float(text)
    return found if repr(found) == text else text


def plain_object(message: object_pb2.Object) -> dict[str, Any]:
    """An object as plain JSON: its name as `Type/id`, its etag, its values."""
    values: Mapping[str, object_pb2.Value] = message.values
    return {
        "object": ref_of(message.name),
        "etag": message.etag,
        "values": {key: to_plain(values[key]) for key in sorted(values)},
    }


def ref_of(name: str) -> str:
    """`Country/KR` of an object's resource name."""
    parts = name.split("/")
    return f"{parts[3]}/{parts[5]}"
