"""Requests from JSON, and answers to JSON."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from oms_core.errors import FieldViolation, InvalidField
from oms_rpc.stages.validation import field_violations

from svc_scheduler.domain.targets.model import Json

REQUEST_ID: Final = "request_id"
_MAX_DESCRIPTION: Final = 300
_UNKNOWN: Final = re.compile(r'has no field named "(?P<name>[^"]*)"')
_WRONG_KIND: Final = re.compile(r"(?:[Rr]epeated|Map) field (?P<name>\w+) must be")
_CHAIN: Final = re.compile(r"Failed to parse (\w+) field: ")


def parse_request(
    request_type: type[Message], request: Mapping[str, Json], *, request_id: str, field: str
) -> Message:
    """Reads a request and holds it against the rules of its proto, as a server does.

    Args:
        request: In the JSON form of Protocol Buffers.
        request_id: Fills a `request_id` that the request has and leaves empty; by its hash when
            it breaks a rule.
        field: What an error calls the request, such as `job.target.grpc.request`.
    Raises:
        InvalidField: names every field at fault.
    """
    message = request_type()
    try:
        json_format.ParseDict(dict(request), message)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError) as exc:
        raise _unreadable(str(exc), message.DESCRIPTOR.name, field) from None
    _fill_request_id(message, request_id)
    violations = [
        FieldViolation(f"{field}.{v.field}" if v.field else field, v.description)
        for v in [*field_violations(message), *_secrets(message)]
    ]
    if violations:
        raise InvalidField(f"{violations[0].field}: {violations[0].description}", fields=violations)
    return message


def _fill_request_id(message: Any, request_id: str) -> None:
    found = message.DESCRIPTOR.fields_by_name.get(REQUEST_ID)
    if found is None or found.type != FieldDescriptor.TYPE_STRING or message.request_id:
        return
    message.request_id = request_id
    if any(violation.field == REQUEST_ID for violation in field_violations(message)):
        message.request_id = hashlib.sha256(request_id.encode()).hexdigest()


def _unreadable(text: str, root: str, field: str) -> InvalidField:
    """Which field it is says protobuf's text alone: `… at "Root.a.b[0]"`, or a chain of names."""
    first_line = text.partition("\n")[0]
    chain, rest = _CHAIN.findall(first_line), _CHAIN.sub("", first_line)
    where = re.search(rf' at "?{re.escape(root)}(?P<path>[^"\s]*?)"?\.*$', rest)
    path = where["path"].strip(".").split(".") if where else chain
    if (unknown := _UNKNOWN.search(rest)) is not None:
        path, rest = [*path, unknown["name"]], "there is no such field"
    elif where is not None:
        rest = rest[: where.start()]
    if (wrong := _WRONG_KIND.match(rest)) is not None:
        path = [*path, wrong["name"]]
    return InvalidField.of(".".join(filter(None, [field, *path])), rest[:_MAX_DESCRIPTION])


def _secrets(message: Message) -> Iterator[FieldViolation]:
    for path, _, _ in _redacted(message, ""):
        yield FieldViolation(path, "is a secret, which a job does not keep")


def as_json(message: Message) -> Json:
    """An answer as JSON, without the fields that its proto marks as secret.

    Raises:
        ValueError: it holds what JSON can't.
    """
    for _, holder, descriptor in list(_redacted(message, "")):
        holder.ClearField(descriptor.name)
    try:
        return json_format.MessageToDict(message)
    except (json_format.Error, TypeError) as exc:
        raise ValueError(str(exc)) from exc


def _redacted(message: Message, path: str) -> Iterator[tuple[str, Message, FieldDescriptor]]:
    """Every set field of the option `debug_redact`, with the message that holds it."""
    for descriptor, value in message.ListFields():
        here = f"{path}.{descriptor.name}" if path else descriptor.name
        if descriptor.GetOptions().debug_redact:
            yield here, message, descriptor
        elif descriptor.message_type is not None:
            for place, inner in _messages(descriptor, value, here):
                yield from _redacted(inner, place)


def _messages(descriptor: FieldDescriptor, value: Any, path: str) -> Iterator[tuple[str, Message]]:
    message_type = descriptor.message_type
    if not descriptor.is_repeated:
        yield path, value
    elif message_type is not None and message_type.GetOptions().map_entry:
        if message_type.fields_by_name["value"].message_type is not None:
            for key, inner in cast("Mapping[Any, Message]", value).items():
                yield f"{path}[{key!r}]", inner
    else:
        for index, inner in enumerate(cast("list[Message]", value)):
            yield f"{path}[{index}]", inner
