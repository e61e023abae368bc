"""How often each tier of the cache had what was asked for.

oms_kernel_cache_reads_total{tier, outcome}   outcome: hit, miss, skipped (tier out of use)
cache_hit_ratio{tier}                         hits / (hits + misses) since the start
oms_kernel_cache_size_bytes                   what the memory tiers of the process hold
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakSet

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector


@dataclass(slots=True, eq=False, weakref_slot=True)
class TierStats:
    """Counts of one tier; plain integers of the event loop's thread."""

    tier: str
    hits: int = 0
    misses: int = 0
    skipped: int = 0
    size_bytes: int = 0

    def __post_init__(self) -> None:
        _collector.tiers.add(self)

    @property
    def hit_ratio(self) -> float:
        """Share of the reads that were hits; 0 before the first one."""
        reads = self.hits + self.misses
        return self.hits / reads if reads else 0.0


class _CacheCollector(Collector):
    """Adds up the tiers of one name when Prometheus asks."""

    def __init__(self) -> None:
        self.tiers: WeakSet[TierStats] = WeakSet()

    def collect(self) -> Iterator[Metric]:
        reads = CounterMetricFamily(
            "oms_kernel_cache_reads", "Reads of a cache tier.", labels=("tier", "outcome")
        )
        ratio = GaugeMetricFamily(
            "cache_hit_ratio", "Hits among the reads of a tier.", labels=("tier",)
        )
        tiers = list(self.tiers)
        for name in sorted({stats.tier for stats in tiers}):
            same = [stats for stats in tiers if stats.tier == name]
            hits = sum(stats.hits for stats in same)
            misses = sum(stats.misses for stats in same)
            reads.add_metric((name, "hit"), hits)
            reads.add_metric((name, "miss"), misses)
            reads.add_metric((name, "skipped"), sum(stats.skipped for stats in same))
            ratio.add_metric((name,), hits / (hits + misses) if hits + misses else 0.0)
        size = GaugeMetricFamily(
            "oms_kernel_cache_size_bytes", "What the memory tiers of this process hold."
        )
        size.add_metric((), sum(stats.size_bytes for stats in tiers))
        yield from (reads, ratio, size)


_collector = _CacheCollector()
REGISTRY.register(_collector)
