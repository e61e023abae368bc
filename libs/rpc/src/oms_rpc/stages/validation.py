"""Parses requests and holds them against the rules in their proto."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import cache
from typing import Any

from google.protobuf.message import DecodeError, Message
from oms_core.errors import FieldViolation, InvalidField

from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Hands parsed and valid messages on: the one request, or each of a stream."""
    parse = parser(method)

    async def run_unary(rpc: Rpc, request: bytes) -> Any:
        return await run_next(rpc, parse(request))

    async def run_stream(rpc: Rpc, request: AsyncIterator[bytes]) -> Any:
        return await run_next(rpc, _parsed(request, parse))

    return run_stream if method.streams_requests else run_unary


def parser(method: Method) -> Callable[[bytes], Any]:
    """A function that parses one request of the method and checks it.

    The function raises InvalidField, naming every field at fault.
    """
    deserialise = method.deserialise

    def parse(raw: bytes) -> Any:
        try:
            return deserialise(raw)
        except DecodeError as exc:
            raise InvalidField(f"the request of {method.path} can't be parsed") from exc

    def parse_and_check(raw: bytes) -> Any:
        message = parse(raw)
        violations = field_violations(message)
        if violations:
            raise _invalid(violations)
        return message

    return parse_and_check if method.has_rules else parse


@cache
def violation_collector() -> Callable[[Message], Any]:
    """Finds what breaks rules. Compiles those of each message type once, for all servers here.

    Loading it takes a fifth of a second, which a server does once it is ready.
    """
    import protovalidate

    return protovalidate.Validator().collect_violations


def field_violations(message: Message) -> list[FieldViolation]:
    """What breaks the rules of a message's proto; empty when nothing does."""
    return [
        FieldViolation(_path(v.proto.field), v.proto.message)
        for v in violation_collector()(message)
    ]


async def _parsed(raw: AsyncIterator[bytes], parse: Callable[[bytes], Any]) -> AsyncIterator[Any]:
    async for item in raw:
        yield parse(item)


def _invalid(fields: list[FieldViolation]) -> InvalidField:
    first = fields[0]
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return InvalidField(f"{first.field}: {first.description}{more}", fields=fields)


def _path(path: Any) -> str:
    """A field path as people write it, such as `object_type.properties[3].type`."""
    return ".".join(_element(element) for element in path.elements) if path is not None else ""


def _element(element: Any) -> str:
    subscript = element.subscript
    if subscript is None:
        return element.field_name
    return f"{element.field_name}[{subscript.value!r}]"
