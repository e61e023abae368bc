"""One TerminusDB server: requests in, answers and typed errors out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Final

from oms_core.clock import Clock
from oms_core.errors import InvalidField, LimitExceeded, OmsError, ServiceUnavailable

from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.errors import foreign, translate
from svc_datakernel.adapters.terminusdb.json_slices import ObjectSplitter, TooLarge
from svc_datakernel.adapters.terminusdb.names import Places, commit_of
from svc_datakernel.adapters.terminusdb.transport import (
    Answer,
    Request,
    StreamedAnswer,
    Transport,
)

# Of a document that was deleted, the server answers 200 with a whole HTTP answer as the body.
_NESTED: Final = re.compile(rb"\s*Status: (\d{3})[^\n]*\r?\n(?:[^\n]+\r?\n)*\r?\n")
_LONGEST_NESTED_HEAD: Final = 1024


class Server:
    """A server and the organisation whose databases it keeps. Whoever makes it closes it."""

    def __init__(self, access: ServerAccess, clock: Clock) -> None:
        self._transport = Transport(access)
        self._most_bytes = access.most_answer_bytes
        self.places = Places(access.organization)
        self.organization = access.organization
        self.clock = clock
        self.pool_size = access.pool_size

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._transport.aclose()

    async def ask(self, request: Request, otherwise: type[OmsError] = InvalidField) -> Answer:
        """Sends a request and gives its answer, when it is no refusal.

        Args:
            otherwise: What a refusal of an unknown kind means for this request.
        Raises: as `Transport.send`, and whatever the answer means.
        """
        answer = _unwrapped(await self._transport.send(request))
        if answer.status >= 400:
            raise _refusal(answer, otherwise)
        _check_form(answer)
        return answer

    async def ask_json(self, request: Request, otherwise: type[OmsError] = InvalidField) -> Any:
        """As `ask`; the answer parsed. Only where numbers need not be exact."""
        answer = await self.ask(request, otherwise)
        return parsed(answer)

    async def stream_objects(
        self, request: Request, otherwise: type[OmsError] = InvalidField
    ) -> Objects:
        """Sends a read whose answer is JSON objects one after another.

        Raises: as `ask`; the objects, too, when the answer breaks off.
        """
        async with AsyncExitStack() as stack:
            answer = await stack.enter_async_context(self._transport.stream(request))
            first = await _first_part(answer)
            whole = _unwrapped(Answer(answer.status, answer.headers, first))
            if whole.status >= 400:
                rest = [part async for part in _bounded(answer.parts, self._most_bytes)]
                raise _refusal(replace(whole, body=whole.body + b"".join(rest)), otherwise)
            _check_form(whole)
            return Objects(answer, first, self._most_bytes, stack.pop_all())


class Objects:
    """JSON objects of an answer that is still coming. Close it, whatever happens."""

    def __init__(
        self, answer: StreamedAnswer, first: bytes, most_bytes: int, stack: AsyncExitStack
    ) -> None:
        self.commit_id = commit_of(answer.headers.get("terminusdb-data-version", ""))
        self._stack = stack
        self._items = self._split(answer, first, ObjectSplitter(most_bytes))

    def __aiter__(self) -> Objects:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._items)
        except StopAsyncIteration:
            await self._stack.aclose()
            raise

    async def aclose(self) -> None:
        """Gives the connection back, or closes it when the answer was not read to its end."""
        await self._items.aclose()
        await self._stack.aclose()

    async def __aenter__(self) -> Objects:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _split(
        self, answer: StreamedAnswer, first: bytes, splitter: ObjectSplitter
    ) -> AsyncGenerator[bytes]:
        try:
            for item in splitter.feed(first):
                yield item
            async for part in answer.parts:
                for item in splitter.feed(part):
                    yield item
            splitter.close()
        except TooLarge as exc:
            raise LimitExceeded(f"of TerminusDB's answer {exc}") from exc
        except ValueError as exc:
            raise foreign(str(exc), answer.status) from exc


def parsed(answer: Answer) -> Any:
    """The body parsed.

    Raises:
        ServiceUnavailable: it is no JSON.
    """
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as exc:
        raise foreign("it sent no JSON", answer.status) from exc


def text_of(answer: Answer) -> str:
    """The body as text, to be cut into its parts."""
    try:
        return answer.body.decode()
    except UnicodeDecodeError as exc:
        raise foreign("it sent no UTF-8", answer.status) from exc


def _unwrapped(answer: Answer) -> Answer:
    match = _NESTED.match(answer.body[:_LONGEST_NESTED_HEAD])
    if answer.status != 200 or match is None:
        return answer
    return replace(answer, status=int(match[1]), body=answer.body[match.end() :])


def _refusal(answer: Answer, otherwise: type[OmsError]) -> OmsError:
    if answer.status in (502, 503, 504):
        return ServiceUnavailable(
            f"TerminusDB is not available (status {answer.status}); try again later",
            metadata={"service": "terminusdb", "status": str(answer.status)},
            retry_after_s=1.0,
        )
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        if answer.status in (401, 403) or answer.status >= 500:
            body = {}
        else:
            return foreign("it sent no JSON", answer.status)
    return translate(answer.status, body, otherwise)


def _check_form(answer: Answer) -> None:
    kind = answer.headers.get("content-type", "")
    if answer.status >= 300:
        raise foreign("it redirects", answer.status)
    if "html" in kind or answer.body[:64].lstrip().startswith(b"<"):
        raise foreign("it sent a page", answer.status)


async def _first_part(answer: StreamedAnswer) -> bytes:
    async for part in answer.parts:
        return part
    return b""


async def _bounded(parts: AsyncIterator[bytes], most_bytes: int) -> AsyncIterator[bytes]:
    size = 0
    async for part in parts:
        size += len(part)
        if size > most_bytes:
            return
        yield part
