"""How local models fare.

oms_embedding_queue_tokens{model}            tokens that wait
oms_embedding_batches_total{model}           batches that ran
oms_embedding_texts_total{model}             texts in them
oms_embedding_tokens_total{model}            tokens in them
oms_embedding_padding_tokens_total{model}    padding in them
oms_embedding_batch_tokens{model}            tokens of a batch, padding included; a histogram
oms_embedding_batch_seconds{model}           time a batch took; a histogram
oms_embedding_refused_total{model}           calls refused because the queue was full
oms_embedding_fallback{model,provider}       1 while it runs elsewhere than asked, on `provider`
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

_TOKENS: Final = (16, 64, 256, 1024, 4096, 16384, 65536)
_SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class _Histogram:
    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self) -> tuple[list[tuple[str, float]], float]:
        bounds = [*map(str, map(float, self._bounds)), "+Inf"]
        counts = map(float, accumulate(self._counts))
        return list(zip(bounds, counts, strict=True)), self._sum


class ModelStats:
    """Counts of one model. Each is written by few threads and may be a little late."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.waiting = 0
        self.refused = 0
        self.batches = 0
        self.texts = 0
        self.tokens = 0
        self.padding = 0
        self.calls = 0
        self.failures = 0
        self.fallback = ""
        self.batch_tokens = _Histogram(_TOKENS)
        self.batch_seconds = _Histogram(_SECONDS)

    def ran(self, texts: int, tokens: int, padded: int, seconds: float) -> None:
        """A batch ran."""
        self.batches += 1
        self.texts += texts
        self.tokens += tokens
        self.padding += padded - tokens
        self.batch_tokens.add(padded)
        self.batch_seconds.add(seconds)


_COUNTERS: Final = (
    ("batches", "Batches that ran."),
    ("texts", "Texts that were embedded."),
    ("tokens", "Tokens that were read."),
    ("padding", "Padding that was read with them."),
    ("refused", "Calls refused because the queue was full."),
)


class _ModelCollector(Collector):
    """Reads the counts when Prometheus asks."""

    def __init__(self) -> None:
        self.models: dict[str, ModelStats] = {}

    def collect(self) -> Iterator[Metric]:
        every, label = list(self.models.values()), ("model",)
        for name, text in _COUNTERS:
            shown = "padding_tokens" if name == "padding" else name
            counter = CounterMetricFamily(f"oms_embedding_{shown}", text, labels=label)
            for stats in every:
                counter.add_metric((stats.model,), getattr(stats, name))
            yield counter
        waiting = GaugeMetricFamily("oms_embedding_queue_tokens", "Tokens that wait.", labels=label)
        tokens = HistogramMetricFamily(
            "oms_embedding_batch_tokens", "Tokens of a batch, padding included.", labels=label
        )
        seconds = HistogramMetricFamily(
            "oms_embedding_batch_seconds", "Time a batch took, in seconds.", labels=label
        )
        fallback = GaugeMetricFamily(
            "oms_embedding_fallback", "1 while it runs elsewhere.", labels=(*label, "provider")
        )
        for stats in every:
            waiting.add_metric((stats.model,), stats.waiting)
            tokens.add_metric((stats.model,), *stats.batch_tokens.family())
            seconds.add_metric((stats.model,), *stats.batch_seconds.family())
            if stats.fallback:
                fallback.add_metric((stats.model, stats.fallback), 1)
        yield from (waiting, tokens, seconds, fallback)


_collector = _ModelCollector()
REGISTRY.register(_collector)


def show(stats: ModelStats) -> None:
    """Lets Prometheus see a model."""
    _collector.models[stats.model] = stats


def hide(stats: ModelStats) -> None:
    """Takes a model away that is closed."""
    if _collector.models.get(stats.model) is stats:
        del _collector.models[stats.model]
