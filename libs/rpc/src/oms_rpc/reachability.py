"""Whether a peer can be reached: a circuit breaker that allows for restarts.

A peer that was there a moment ago is most likely being started again, so calls wait for it
without having been sent. One that stays away for longer is not waited for: calls fail at once
until the connection, which the channel goes on trying by itself, is there again. Nor is one that
was never there.
"""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import grpc.aio
from oms_core.logging import get_logger

_AWAY = (grpc.ChannelConnectivity.CONNECTING, grpc.ChannelConnectivity.TRANSIENT_FAILURE)


class Waiting:
    """A call that may have to wait for its peer."""

    __slots__ = ("is_given_up",)

    def __init__(self) -> None:
        self.is_given_up = False
        """Whether it was cancelled because the peer stays away."""


class Reachability:
    """Follows the connection to one peer. Close it with `close`, after the channel.

    Args:
        peer: Name of the peer, for the log.
        channel: Whose connection is followed.
        patience_s: How long a peer may be away before calls are refused; 0: they never wait.
    """

    def __init__(self, peer: str, channel: grpc.aio.Channel, *, patience_s: float) -> None:
        self._peer = peer
        self._channel = channel
        self._patience_s = patience_s
        self._was_there = False
        self._is_away = False
        self._timer: asyncio.TimerHandle | None = None
        self._calls: dict[Any, Waiting] = {}
        self._task: asyncio.Task[None] | None = None
        self._log = get_logger()
        self.is_refusing = False
        """Whether the peer has been away for longer than calls wait."""

    @property
    def waits(self) -> bool:
        """Whether a call that begins now waits for the peer, if that is not there."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow(), name=f"connection to {self._peer}")
        return self._was_there and not self.is_refusing and self._patience_s > 0

    def admit(self, call: Any) -> Waiting:
        """Lets a call wait until the peer is there or has been away for too long.

        Args:
            call: grpcio's call object, made with `wait_for_ready`. It has not been sent as long
                as the peer is away.
        """
        waiting = self._calls[call] = Waiting()
        call.add_done_callback(self._forget)
        if self.is_refusing:
            self._give_up(call, waiting)
        return waiting

    async def close(self) -> None:
        """Stops following."""
        self._stop_timer()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _forget(self, call: Any) -> None:
        self._calls.pop(call, None)

    async def _follow(self) -> None:
        state = self._channel.get_state(try_to_connect=True)
        while state != grpc.ChannelConnectivity.SHUTDOWN:
            if state == grpc.ChannelConnectivity.READY:
                self._arrived()
            elif state in _AWAY and not self._is_away:
                self._left()
            await self._channel.wait_for_state_change(state)
            state = self._channel.get_state(try_to_connect=True)

    def _arrived(self) -> None:
        self._stop_timer()
        if self.is_refusing:
            self._log.info("peer is back", peer=self._peer)
        self._was_there, self._is_away, self.is_refusing = True, False, False

    def _left(self) -> None:
        self._is_away = True
        if self._was_there and self._patience_s > 0:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._patience_s, self._lose_patience)

    def _lose_patience(self) -> None:
        self._timer = None
        self.is_refusing = True
        self._log.warning("peer stays away", peer=self._peer, waited_s=self._patience_s)
        for call, waiting in list(self._calls.items()):
            self._give_up(call, waiting)

    def _give_up(self, call: Any, waiting: Waiting) -> None:
        waiting.is_given_up = True
        call.cancel()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
