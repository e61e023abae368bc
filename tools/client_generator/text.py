"""Writes the module of a service."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from client_generator.services import MethodText, ServiceText

_WIDTH = 100


def render_service(service: ServiceText) -> str:
    """The module of a service."""
    body = "\n".join([*_constants(service), *_classes(service)])
    code = re.sub(r'""".*?"""', "", body, flags=re.DOTALL)
    used = frozenset(re.findall(r"(?<!\.)\b\w+", code))
    return "\n".join([*_head(service, used), body])


def _import(module: str, names: Iterable[str], used: frozenset[str]) -> Iterator[str]:
    wanted = [name for name in names if name in used]
    if wanted:
        yield f"from {module} import {', '.join(wanted)}"


def _head(service: ServiceText, used: frozenset[str]) -> Iterator[str]:
    yield f'"""Calls of `{service.full_name}`. Generated from its proto."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield from _import("collections.abc", ("AsyncIterable", "Iterable", "Mapping"), used)
    yield from _import("typing", ("Any", "Final"), used)
    yield ""
    yield from service.imports
    yield from _import("oms_client.aio_calls", ("AsyncCalls", "AsyncStream"), used)
    yield from _import("oms_client.calls", ("Calls", "Stream"), used)
    yield from _import("oms_client.methods", ("Method",), used)
    yield from _import("oms_client.paging", ("AsyncPaged", "Paged"), used)
    yield ""
    yield '__all__ = ["' + f'Async{service.class_name}", "{service.class_name}"]'
    yield ""


def _constants(service: ServiceText) -> Iterator[str]:
    for method in service.methods:
        flags = [
            f"{name}=True"
            for name in ("is_read_only", "takes_request_id", "is_endless")
            if getattr(method, name)
        ]
        flags += [f'items="{method.items}"'] if method.items else []
        yield f"_{method.name.upper()}: Final = Method("
        for argument in (f'"{method.path}"', method.request, method.response, *flags):
            yield f"    {argument},"
        yield ")"
    yield ""


def _classes(service: ServiceText) -> Iterator[str]:
    for prefix in ("", "Async"):
        yield ""
        yield f"class {prefix}{service.class_name}:"
        yield from _docstring(service.comment, 4)
        yield ""
        yield f"    def __init__(self, calls: {prefix}Calls) -> None:"
        yield "        self._calls = calls"
        for method in service.methods:
            yield ""
            yield from _method(method, prefix)
        yield ""


def _method(method: MethodText, prefix: str) -> Iterator[str]:
    is_awaited = prefix and not (method.gives_stream or method.items)
    yield f"    {'async ' if is_awaited else ''}def {method.name}("
    yield "        self,"
    if method.takes_stream:
        yield f"        requests: {_requests(method, prefix)},"
        yield "        *,"
    else:
        yield f"        given: {method.request} | None = None,"
        yield "        /,"
        yield "        *,"
        for argument in method.arguments:
            yield f"        {argument.name}: {argument.annotation} = {argument.default},"
    yield "        timeout_s: float | None = None,"
    yield f"    ) -> {_result(method, prefix)}:"
    yield from _docstring(method.comment, 8, _sections(method))
    yield from _body(method, is_awaited=bool(is_awaited))


def _requests(method: MethodText, prefix: str) -> str:
    every = f"Iterable[{method.request}]"
    return f"AsyncIterable[{method.request}] | {every}" if prefix else every


def _result(method: MethodText, prefix: str) -> str:
    if method.items:
        return f"{prefix}Paged[{method.item}, {method.response}]"
    return f"{prefix}Stream[{method.response}]" if method.gives_stream else method.response


def _sections(method: MethodText) -> list[str]:
    lines = ["Args:"]
    if method.takes_stream:
        lines.append("    requests: The messages to send.")
    else:
        lines.append("    given: The request as a message; what the others set is put on top.")
    for argument in method.arguments:
        first = " ".join(argument.comment.strip().split())
        lines += _wrapped(f"    {argument.name}: {first}", 8, "        ")
    lines.append("    timeout_s: Deadline in seconds; the client's own by default.")
    return lines


def _body(method: MethodText, *, is_awaited: bool) -> Iterator[str]:
    kind = {
        (False, False): "paged" if method.items else "unary",
        (False, True): "stream",
        (True, False): "upload",
        (True, True): "exchange",
    }[method.takes_stream, method.gives_stream]
    call = f"{'await ' if is_awaited else ''}self._calls.{kind}"
    constant = f"_{method.name.upper()}"
    if method.takes_stream:
        yield f"        return {call}({constant}, requests, timeout_s)"
        return
    yield "        fields: dict[str, Any] = {"
    for argument in method.arguments:
        yield f'            "{argument.name}": {argument.name},'
    yield "        }"
    yield f"        return {call}({constant}, given, timeout_s, fields)"


def _docstring(comment: str, indent: int, sections: list[str] | None = None) -> Iterator[str]:
    pad = " " * indent
    paragraphs = [" ".join(p.split()) for p in comment.strip().split("\n\n")]
    lines = [line for p in paragraphs for line in [*_wrapped(p, indent, ""), ""]][:-1]
    escaped = [_escaped(line) for line in [*(lines or [""]), *([""] if sections else [])]]
    first, *rest = [*escaped, *(_escaped(line) for line in sections or [])]
    if not rest:
        yield f'{pad}"""{first}"""'
        return
    yield f'{pad}"""{first}'
    for line in rest:
        yield f"{pad}{line}".rstrip()
    yield f'{pad}"""'


def _wrapped(text: str, indent: int, following: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH - indent - 3,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace('"""', "'''")
