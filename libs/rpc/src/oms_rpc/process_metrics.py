"""Metrics of the process itself, looked up when Prometheus asks.

memory_usage_bytes                       resident memory
active_connections                       open connections of gRPC clients and gateways
database_connections_active{pool}        connections to databases that are lent
database_connections_limit{pool}         most that the pool opens
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from oms_core.pools import watched_pools
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

_ESTABLISHED: Final = "01"
_SELF: Final = Path("/proc/self")


class _ProcessCollector(Collector):
    """Where the system does not tell something, its metric is left out."""

    def __init__(self) -> None:
        self.ports: list[frozenset[int]] = []

    def collect(self) -> Iterator[Metric]:
        memory = _resident_bytes()
        if memory is not None:
            yield GaugeMetricFamily("memory_usage_bytes", "Resident memory.", value=memory)
        connections = open_connections(frozenset[int]().union(*self.ports))
        if connections is not None:
            yield GaugeMetricFamily("active_connections", "Open connections.", value=connections)
        active = GaugeMetricFamily(
            "database_connections_active", "Connections that are lent.", labels=("pool",)
        )
        limit = GaugeMetricFamily(
            "database_connections_limit", "Most connections of a pool.", labels=("pool",)
        )
        for name, (in_use, most) in watched_pools().items():
            active.add_metric((name,), in_use)
            limit.add_metric((name,), most)
        yield from (active, limit)


def _resident_bytes() -> int | None:
    try:
        pages = int((_SELF / "statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_connections(ports: frozenset[int]) -> int | None:
    """Established connections to ports that this process listens on; None if it can't be told.

    Several workers share a port, so a connection counts where its socket is.
    """
    try:
        own = _own_sockets()
        lines = [
            line
            for name in ("tcp", "tcp6")
            for line in (_SELF / "net" / name).read_text().splitlines()[1:]
        ]
    except OSError:
        return None
    return sum(1 for inode in _established(lines, ports) if inode in own)


def _established(lines: Iterable[str], ports: frozenset[int]) -> Iterator[str]:
    """Inodes of the connections. Source: proc_net_tcp of the kernel's documentation."""
    for line in lines:
        fields = line.split()
        port = int(fields[1].rpartition(":")[2], 16)
        if fields[3] == _ESTABLISHED and port in ports:
            yield fields[9]


def _own_sockets() -> set[str]:
    found: set[str] = set()
    for entry in os.listdir(_SELF / "fd"):  # noqa: PTH208 - names alone, many of them
        try:
            target = os.readlink(_SELF / "fd" / entry)  # noqa: PTH115
        except OSError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


_collector = _ProcessCollector()
REGISTRY.register(_collector)


def listen_on(ports: Iterable[int]) -> frozenset[int]:
    """Has connections to a server's ports counted, until `forget` gets the answer."""
    shown = frozenset(ports)
    _collector.ports.append(shown)
    return shown


def forget(shown: frozenset[int]) -> None:
    """A server has stopped."""
    _collector.ports.remove(shown)
