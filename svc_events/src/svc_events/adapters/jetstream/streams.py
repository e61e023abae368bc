"""Streams of OMS as streams of JetStream."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from oms_nats import NatsConnection, unavailable

from svc_events.adapters.jetstream.failures import STREAM_NAME_IN_USE
from svc_events.adapters.jetstream.stream_config import to_config
from svc_events.domain.streams import StreamOptions
from svc_events.domain.subjects import DEFAULT_STREAM, broker_stream

if TYPE_CHECKING:
    pass


class EventStreams:
    """Makes, finds, changes and removes streams.

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

        Raises:
            ServiceUnavailable: NATS can't be reached.
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

    async def is_there(self, stream_id: str) -> bool:
        """Whether a stream exists.

        Raises:
            ServiceUnavailable: NATS can't be reached.
        """
        from nats.errors import Error
        from nats.js.errors import NotFoundError

        jetstream = await self._nats.jetstream()
        try:
            await jetstream.stream_info(broker_stream(stream_id))
        except NotFoundError:
            return False
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc
        return True

    async def _make_built_in(self) -> None:
        from nats.errors import Error
        from nats.js.errors import APIError

        if await self.is_there(DEFAULT_STREAM):
            return
        jetstream = await self._nats.jetstream()
        try:
            await jetstream.add_stream(to_config(DEFAULT_STREAM, self._built_in))
        except APIError as exc:
            # Another replica was quicker, and its settings are others.
            if exc.err_code != STREAM_NAME_IN_USE:
                raise unavailable(f"JetStream answered {exc.err_code}: {exc.description}") from exc
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc
