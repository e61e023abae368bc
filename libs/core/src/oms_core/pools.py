"""The connection pools of this process, so that a dashboard can tell how full they are.

Here and not beside the metrics, because pools are made where no server is known.
"""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet


class ConnectionPool(Protocol):
    """A pool that tells how it is used. Called from the thread that serves metrics."""

    @property
    def name(self) -> str:
        """What the connections are for, such as `oms_events`; one of few."""
        ...

    @property
    def in_use(self) -> int:
        """Connections that are lent right now."""
        ...

    @property
    def limit(self) -> int:
        """Most connections that it opens."""
        ...


_pools: WeakSet[ConnectionPool] = WeakSet()


def watch_pool(pool: ConnectionPool) -> None:
    """Shows a pool for as long as somebody holds it."""
    _pools.add(pool)


def watched_pools() -> dict[str, tuple[int, int]]:
    """Connections in use, and the limit, by name; pools of one name are added up."""
    found: dict[str, tuple[int, int]] = {}
    for pool in list(_pools):
        in_use, limit = found.get(pool.name, (0, 0))
        found[pool.name] = (in_use + pool.in_use, limit + pool.limit)
    return found
