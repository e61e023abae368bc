"""Streams of OMS as streams of JetStream."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Final

from oms_core.errors import (
    InvalidField,
    LimitExceeded,
    OmsError,
    ResourceAlreadyExists,
)
from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.api import Refused, ask
from svc_events.adapters.jetstream.failures import (
    RESOURCES,
    STREAM_NAME_IN_USE,
    STREAM_NOT_FOUND,
    no_stream,
    stream_name,
)
from svc_events.adapters.jetstream.stream_config import from_info, to_config
from svc_events.domain.streams import EventStream, StreamOptions
from svc_events.domain.subjects import (
    DEFAULT_STREAM,
    broker_stream,
    every_stream,
    stream_id_of,
    subject_filter,
)

_CREATION: Final = "oms.creation"
_REPLICAS: Final = frozenset({10005, 10074})
_INVALID_CONFIG: Final = 10052


class EventStreams:
    """Makes, finds, changes and removes streams.

    Every method may raise ServiceUnavailable: NATS can't be reached, or did not answer in time.

    Args:
        built_in: What the built-in stream is made with when it is first needed.
    """

    def __init__(self, nats: NatsConnection, built_in: StreamOptions) -> None:
        self._nats = nats
        self._built_in = built_in
        self._is_ensured = False
        self._ensuring = asyncio.Lock()

    async def ensure(self, stream_id: str = DEFAULT_STREAM) -> None:
        """Makes the built-in stream unless it is there; does nothing for any other one.

        Several replicas may do so at once. One that is there stays as it is.
        """
        if stream_id != DEFAULT_STREAM or self._is_ensured:
            return
        async with self._ensuring:
            if not self._is_ensured:
                await self._make_built_in()
                self._is_ensured = True

    def forget_built_in(self) -> None:
        """Looks for the built-in stream again before its next use."""
        self._is_ensured = False

    async def create(self, stream_id: str, options: StreamOptions) -> EventStream:
        """Makes a stream.

        Raises:
            ResourceAlreadyExists: there is one of that id.
            InvalidField: the broker can't make one like that.
            LimitExceeded: the broker has no room for it.
        """
        await self.ensure(stream_id)
        content = _wire(stream_id, options)
        # JetStream takes the same request twice for one; this makes every request another.
        content["metadata"][_CREATION] = secrets.token_hex(8)
        try:
            return from_info(await self._ask("CREATE", stream_id, content))
        except Refused as exc:
            if exc.number == STREAM_NAME_IN_USE:
                raise ResourceAlreadyExists.of("stream", stream_name(stream_id)) from exc
            raise _refusal(exc, stream_id) from exc

    async def get(self, stream_id: str) -> EventStream:
        """A stream.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        await self.ensure(stream_id)
        try:
            return from_info(await self._ask("INFO", stream_id))
        except Refused as exc:
            raise _refusal(exc, stream_id) from exc

    async def list(self) -> list[EventStream]:
        """Every stream, ordered by id."""
        await self.ensure()
        found: dict[str, EventStream] = {}
        offset = 0
        while True:
            page = await self._list_page(offset)
            streams = page.get("streams") or []
            # A stream made meanwhile moves others to the next page, so one may come twice.
            ours = (each for each in streams if stream_id_of(each["config"]["name"]))
            found |= {stream.stream_id: stream for stream in map(from_info, ours)}
            offset += len(streams)
            if not streams or offset >= page["total"]:
                return [found[key] for key in sorted(found)]

    async def update(self, stream_id: str, options: StreamOptions) -> EventStream:
        """Changes a stream's options; smaller limits discard the oldest events at once.

        Raises:
            ResourceNotFound: there is no such stream.
            InvalidField: the broker can't change it like that.
            LimitExceeded: the broker has no room for it.
        """
        try:
            return from_info(await self._ask("UPDATE", stream_id, _wire(stream_id, options)))
        except Refused as exc:
            raise _refusal(exc, stream_id) from exc

    async def delete(self, stream_id: str) -> None:
        """Removes a stream and its events.

        Raises:
            ResourceNotFound: there is no such stream.
        """
        try:
            await self._ask("DELETE", stream_id)
        except Refused as exc:
            raise _refusal(exc, stream_id) from exc

    async def purge(
        self, stream_id: str, *, before_sequence: int = 0, event_type: str = "", keep: int = 0
    ) -> int:
        """Removes events for good, the oldest first, and tells how many.

        Args:
            before_sequence: Only those below this position; 0: all.
            event_type: Only those of this type, or with a final `.*` of types that begin so.
            keep: Leave the newest so many. Excludes `before_sequence`.
        Raises:
            ResourceNotFound: there is no such stream.
        """
        await self.ensure(stream_id)
        wanted: dict[str, Any] = {"seq": before_sequence, "keep": keep}
        if event_type:
            wanted["filter"] = subject_filter(stream_id, event_type=event_type)
        content = {name: value for name, value in wanted.items() if value}
        try:
            return int((await self._ask("PURGE", stream_id, content))["purged"])
        except Refused as exc:
            raise _refusal(exc, stream_id) from exc

    async def is_there(self, stream_id: str) -> bool:
        """Whether a stream exists."""
        try:
            await self._ask("INFO", stream_id)
        except Refused as exc:
            if exc.number == STREAM_NOT_FOUND:
                return False
            raise _refusal(exc, stream_id) from exc
        return True

    async def _make_built_in(self) -> None:
        if await self.is_there(DEFAULT_STREAM):
            return
        try:
            await self._ask("CREATE", DEFAULT_STREAM, _wire(DEFAULT_STREAM, self._built_in))
        except Refused as exc:
            # Another replica was quicker, and its settings are others.
            if exc.number != STREAM_NAME_IN_USE:
                raise _refusal(exc, DEFAULT_STREAM) from exc

    async def _list_page(self, offset: int) -> dict[str, Any]:
        content = {"offset": offset, "subject": every_stream()}
        try:
            return await ask(self._nats, "STREAM.LIST", content)
        except Refused as exc:
            raise unavailable(f"JetStream answered {exc}") from exc

    async def _ask(
        self, what: str, stream_id: str, content: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return await ask(self._nats, f"STREAM.{what}.{broker_stream(stream_id)}", content)


def _wire(stream_id: str, options: StreamOptions) -> dict[str, Any]:
    return to_config(stream_id, options).as_dict()


def _refusal(refused: Refused, stream_id: str) -> OmsError:
    if refused.number == STREAM_NOT_FOUND:
        return no_stream(stream_id)
    if refused.number in _REPLICAS:
        return InvalidField.of("stream.replicas", f"the broker can't do that: {refused}")
    if refused.number in RESOURCES:
        return LimitExceeded(
            f"the broker has no room for the stream: {refused}",
            metadata={"limit": "broker_storage"},
            retry_after_s=30.0,
        )
    if refused.number == _INVALID_CONFIG:
        return InvalidField.of("stream", f"the broker refuses it: {refused}")
    return unavailable(f"JetStream answered {refused}")
