"""Counters and histograms of the event loop's thread, read when Prometheus asks.

Plain integers: a fifth of the cost of prometheus_client's own locked counters, on every call.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, TypeAlias

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

# Upper bounds in seconds; a read takes about a millisecond, a deadline ends after a minute.
_BOUNDS: Final = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
_SHOWN: Final = (*map(str, _BOUNDS), "+Inf")

Bucket: TypeAlias = "tuple[str, float] | tuple[str, float, Exemplar]"


class Counts(Collector):
    """A counter, one value for each combination of labels.

    Args:
        name: Without `_total`.
        labels: Names of the labels. Their values have to be few: never what a caller sent.
    """

    def __init__(self, name: str, text: str, labels: tuple[str, ...]) -> None:
        self._name = name
        self._text = text
        self._labels = labels
        self._values: dict[tuple[str, ...], int] = {}
        REGISTRY.register(self)

    def add(self, *labels: str, by: int = 1) -> None:
        """Counts something, in the order of the labels' names."""
        self._values[labels] = self._values.get(labels, 0) + by

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._text, labels=self._labels)
        for labels, value in list(self._values.items()):
            family.add_metric(labels, value)
        yield family


class Timings:
    """How long things took: a histogram whose buckets remember the latest trace in them."""

    __slots__ = ("_counts", "_exemplars", "seconds")

    def __init__(self) -> None:
        self._counts = [0] * len(_SHOWN)
        self._exemplars: dict[int, Exemplar] = {}
        self.seconds = 0.0

    def add(self, seconds: float, trace_id: str = "") -> None:
        """Counts something that took so many seconds, within a trace if there was one."""
        index = bisect_left(_BOUNDS, seconds)
        self._counts[index] += 1
        self.seconds += seconds
        if trace_id:
            self._exemplars[index] = Exemplar({"trace_id": trace_id}, seconds, time.time())

    def buckets(self) -> list[Bucket]:
        """Upper bound, count up to it, and exemplar, as `HistogramMetricFamily` takes them."""
        shown: list[Bucket] = []
        for index, count in enumerate(accumulate(self._counts)):
            exemplar = self._exemplars.get(index)
            plain = (_SHOWN[index], float(count))
            shown.append(plain if exemplar is None else (*plain, exemplar))
        return shown
