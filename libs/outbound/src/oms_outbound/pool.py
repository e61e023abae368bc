"""How many calls run at once, and the connections kept between them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from oms_core.clock import Clock

from oms_outbound.addresses import Address
from oms_outbound.connection import Connection
from oms_outbound.errors import ConnectionLost
from oms_outbound.policy import OutboundPolicy
from oms_outbound.urls import CheckedUrl

Origin = tuple[str, str, int]
Key = tuple[str, Address, str, int]


def origin_of(url: CheckedUrl) -> Origin:
    """What the limit for one host counts."""
    return url.scheme, url.host, url.port


@dataclass(slots=True)
class _HostSlots:
    free: asyncio.Semaphore
    users: int = 0


class Slots:
    """Bounds calls in progress, of each origin and of all together.

    The origin's own bound comes first, so that callers of a slow host wait for each other
    and never for a place that others need.
    """

    def __init__(self, policy: OutboundPolicy) -> None:
        self._all = asyncio.Semaphore(policy.max_connections)
        self._per_host = policy.max_connections_per_host
        self._hosts: dict[Origin, _HostSlots] = {}

    def __len__(self) -> int:
        """How many origins have callers."""
        return len(self._hosts)

    def taken(self, origin: Origin) -> Place:
        """Waits for a place and holds it."""
        return Place(self, origin)

    async def take(self, origin: Origin) -> None:
        """Waits for a place, which has to be given back."""
        slots = self._hosts.get(origin)
        if slots is None:
            slots = self._hosts[origin] = _HostSlots(asyncio.Semaphore(self._per_host))
        slots.users += 1
        try:
            await slots.free.acquire()
            try:
                await self._all.acquire()
            except BaseException:
                slots.free.release()
                raise
        except BaseException:
            self._leave(origin, slots)
            raise

    def give_back(self, origin: Origin) -> None:
        """Lets somebody else have a place."""
        slots = self._hosts[origin]
        self._all.release()
        slots.free.release()
        self._leave(origin, slots)

    def _leave(self, origin: Origin, slots: _HostSlots) -> None:
        slots.users -= 1
        if slots.users == 0:
            del self._hosts[origin]


class Place:
    """A place for a call, held for the length of a block."""

    __slots__ = ("_origin", "_slots")

    def __init__(self, slots: Slots, origin: Origin) -> None:
        self._slots = slots
        self._origin = origin

    async def __aenter__(self) -> None:
        await self._slots.take(self._origin)

    async def __aexit__(self, *_: object) -> None:
        self._slots.give_back(self._origin)


class Pool:
    """Connections that wait for another call to the same scheme, address, host and port.

    A connection is only handed out for an address of the present, judged answer of DNS.
    """

    def __init__(self, policy: OutboundPolicy, clock: Clock) -> None:
        self._policy = policy
        self._clock = clock
        self._idle: OrderedDict[Key, list[Connection]] = OrderedDict()
        self._count = 0
        self._is_closed = False
        self._open: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, url: CheckedUrl, addresses: Iterable[Address]) -> Connection | None:
        """A kept connection to one of the addresses, or None."""
        for address in addresses:
            key = (url.scheme, address, url.host, url.port)
            while key in self._idle:
                connection = self._pop(key, -1)
                if self._is_fresh(connection):
                    return connection
                connection.close()
        return None

    def register(self, connection: Connection) -> None:
        """Has a new connection closed with the pool.

        Raises:
            ConnectionLost: the pool was closed in the meantime.
        """
        if self._is_closed:
            connection.abort()
            raise ConnectionLost(connection.host, is_before_answer=True)
        self._open.add(connection)
        connection.closed.add_done_callback(lambda _: self._open.discard(connection))

    def give_back(self, url: CheckedUrl, connection: Connection) -> None:
        """Keeps a connection for another call, if it can serve one."""
        if self._is_closed or not connection.is_usable:
            return
        connection.idle_since = self._clock.monotonic()
        key = (url.scheme, connection.address, url.host, url.port)
        self._idle.setdefault(key, []).append(connection)
        self._idle.move_to_end(key)
        self._count += 1
        if self._count > self._policy.max_idle_connections:
            self._pop(next(iter(self._idle)), 0).close()
        self._schedule()

    async def close(self) -> None:
        """Closes every connection, also those in use, and waits until they are closed."""
        self._is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        self._idle.clear()
        self._count = 0
        connections = list(self._open)
        for connection in connections:
            connection.abort()
        await asyncio.gather(*(connection.closed for connection in connections))

    def _pop(self, key: Key, index: int) -> Connection:
        kept = self._idle[key]
        connection = kept.pop(index)
        if not kept:
            del self._idle[key]
        self._count -= 1
        return connection

    def _is_fresh(self, connection: Connection) -> bool:
        now = self._clock.monotonic()
        return (
            connection.is_usable
            and now - connection.idle_since < self._policy.idle_timeout_s
            and now - connection.opened_at < self._policy.max_connection_age_s
        )

    def _schedule(self) -> None:
        if self._sweep is None:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(self._policy.idle_timeout_s / 2, self.sweep)

    def sweep(self) -> None:
        """Closes what was kept for too long; runs by itself while anything is kept."""
        self._sweep = None
        for key, kept in list(self._idle.items()):
            for connection in [each for each in kept if not self._is_fresh(each)]:
                self._pop(key, kept.index(connection)).close()
        if self._idle:
            self._schedule()
