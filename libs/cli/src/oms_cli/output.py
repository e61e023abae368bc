"""Prints answers: tables and plain lines for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import click
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table
from rich.text import Text

from oms_cli.text import clean, clean_line, file_name

# Wide enough that nothing is folded when a program reads the table.
_PIPE_WIDTH: Final = 100_000
_PREFERRED_LANGUAGES: Final = ("en", "en-US", "en-GB", "")

Item = TypeVar("Item")
ReadMessage = TypeVar("ReadMessage", bound=Message)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints rows under a header; columns hold one line each."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean_line(cell)) for cell in row))
    is_terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if is_terminal else _PIPE_WIDTH)
    console.print(table)


def print_fields(fields: Iterable[tuple[str, str]]) -> None:
    """Prints names with their values, the empty ones left out."""
    shown = [(name, value) for name, value in fields if value]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {clean(value)}")


def print_message(message: Message) -> None:
    """Prints every field of a message that is set."""
    print_fields((name, to_text(value)) for name, value in to_dict(message).items())


def print_json(message: Message) -> None:
    """Prints a message as an indented JSON object."""
    click.echo(json.dumps(to_dict(message), indent=2, ensure_ascii=False))


def print_json_array(messages: Iterable[Message]) -> None:
    """Prints messages as a JSON array, each as soon as it is there."""
    separator = "["
    for message in messages:
        click.echo(separator + json.dumps(to_dict(message), ensure_ascii=False), nl=False)
        separator = ",\n "
    click.echo("[]" if separator == "[" else "]")


def print_json_line(message: Message) -> None:
    """Prints a message as one line of JSON."""
    click.echo(json.dumps(to_dict(message), ensure_ascii=False))


def to_dict(message: Message) -> dict[str, Any]:
    """The message in protobuf's JSON mapping, as REST answers it."""
    return MessageToDict(message)


def read_json(file: Any) -> Any:
    """Reads a JSON file that the caller gave.

    Raises:
        click.UsageError: it is no JSON.
    """
    try:
        return json.load(file)
    except ValueError as exc:
        raise click.UsageError(f"{file_name(file)} is no JSON: {exc}") from exc


def parse_message(content: Any, message: ReadMessage, name: str) -> ReadMessage:
    """Reads a message out of its JSON form; field names in either spelling.

    Raises:
        click.UsageError: a field is unknown or of another type.
    """
    if not isinstance(content, dict):
        raise click.UsageError(f"{name} does not fit: it holds no JSON object")
    try:
        return ParseDict(content, message)
    except ParseError as exc:
        raise click.UsageError(f"{name} does not fit: {exc}") from exc


def limited(items: Iterator[Item], limit: int) -> Iterator[Item]:
    """The first items, or all of them when the limit is 0."""
    return islice(items, limit or None)


def label(message: Any) -> str:
    """The label to show of an element: the English one when there is one."""
    by_language: dict[str, str] = {}
    for text in message.labels:
        by_language.setdefault(text.language, text.text)
    for language in _PREFERRED_LANGUAGES:
        if language in by_language:
            return by_language[language]
    return next(iter(by_language.values()), "")


def moment(timestamp: Timestamp) -> str:
    """A time as RFC 3339, to the second; empty when it is unset."""
    return timestamp.ToJsonString().partition(".")[0].rstrip("Z") + "Z" if timestamp.seconds else ""


class EnumType(click.Choice[str]):
    """The value of an enum, as `enum_text` writes it; gives its number."""

    def __init__(self, enum: Any) -> None:
        self._numbers = {text: number for number, text in enum_choices(enum).items()}
        super().__init__(list(self._numbers))

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Reads a value; another one is a usage error."""
        return (
            value if isinstance(value, int) else self._numbers[super().convert(value, param, ctx)]
        )


def enum_text(enum: Any, number: int) -> str:
    """A value of an enum as people write it: `RUN_STATE_RUNNING` of `RunState` is `running`."""
    return enum_choices(enum).get(number, str(number))


def enum_choices(enum: Any) -> dict[int, str]:
    """What an enum's values are called, by number, without the one that says nothing."""
    names = {value: name for name, value in enum.items()}
    prefix = names[0].removesuffix("UNSPECIFIED")
    return {
        value: name.removeprefix(prefix).lower().replace("_", "-")
        for value, name in names.items()
        if value
    }


def to_text(value: Any) -> str:
    """A value of a message's JSON form on one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
