"""How the relay fares.

oms_events_relayed_total{database}          events written into the stream by this process
oms_events_relay_lag_commits{database}      commits received from the kernel and not yet written
oms_events_relay_lag_seconds{database}      age of the oldest commit that is not yet written whole
oms_events_relay_restarts_total{database}   times it began anew after an error
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from svc_events.adapters.jetstream.publishing import PUBLISHED
from svc_events.adapters.relay.prepared import Prepared
from svc_events.domain.relay.feed import FeedCommit


class RelayStats:
    """Counts of one database; plain values of the event loop's thread."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.events = 0
        self.restarts = 0
        self.in_hand = 0
        self._waiting: dict[str, int] = {}

    def received(self, commit: FeedCommit) -> None:
        """A part of a commit came from the kernel."""
        self._waiting[commit.id] = commit.time.unix_time[0]

    def relayed(self, events: Sequence[Prepared]) -> None:
        """Events are in the stream."""
        self.events += len(events)
        PUBLISHED.add("built-in", by=len(events))
        for event in events:
            if event.place.is_of_commit and event.place.is_whole:
                self._waiting.pop(event.place.commit, None)

    def begin(self) -> None:
        """The relay begins anew: what it had in hand is gone."""
        self._waiting.clear()
        self.in_hand = 0

    @property
    def lag_commits(self) -> int:
        """Commits in hand."""
        return len(self._waiting)

    @property
    def lag_s(self) -> float:
        """Age of the oldest commit in hand, in seconds."""
        oldest = next(iter(self._waiting.values()), None)
        return 0.0 if oldest is None else max(0.0, time.time() - oldest)


class _RelayCollector(Collector):
    """Reads the counts when Prometheus asks."""

    def __init__(self) -> None:
        self.databases: dict[str, RelayStats] = {}

    def collect(self) -> Iterator[Metric]:
        labels = ("database",)
        relayed = CounterMetricFamily(
            "oms_events_relayed", "Events written into the stream.", labels=labels
        )
        restarts = CounterMetricFamily(
            "oms_events_relay_restarts", "Beginnings anew after an error.", labels=labels
        )
        commits = GaugeMetricFamily(
            "oms_events_relay_lag_commits", "Commits received and not yet written.", labels=labels
        )
        seconds = GaugeMetricFamily(
            "oms_events_relay_lag_seconds", "Age of the oldest of them.", labels=labels
        )
        for stats in list(self.databases.values()):
            relayed.add_metric((stats.database,), stats.events)
            restarts.add_metric((stats.database,), stats.restarts)
            commits.add_metric((stats.database,), stats.lag_commits)
            seconds.add_metric((stats.database,), stats.lag_s)
        yield from (relayed, restarts, commits, seconds)


_collector = _RelayCollector()
REGISTRY.register(_collector)


def show(stats: RelayStats) -> None:
    """Lets Prometheus see a database."""
    _collector.databases[stats.database] = stats


def hide(database: str) -> None:
    """Takes a database away that is not relayed here any more."""
    _collector.databases.pop(database, None)
