"""What calls to providers came to, for Prometheus.

oms_embedding_provider_calls_total{model, provider}            requests that were sent, also again
oms_embedding_provider_failures_total{model, provider, kind}   those that brought no vector
oms_embedding_provider_retries_total{model, provider}
oms_embedding_provider_fallbacks_total{model, provider}        answers in place of an earlier one
oms_embedding_provider_tokens_total{model, provider}
oms_embedding_provider_cost_total{model, provider}             in the price's currency unit
oms_embedding_provider_seconds_total{model, provider}          time of answered requests
oms_embedding_provider_available{model, provider}              0 while the circuit breaker is open
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from weakref import WeakSet

from prometheus_client import REGISTRY
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from svc_embedding.domain.providers.accounts import Account

_LABELS: Final = ("model", "provider")
_COUNTERS: Final[tuple[tuple[str, str, Callable[[Account], float]], ...]] = (
    ("calls", "Requests that were sent to a provider.", lambda a: a.calls),
    ("retries", "Requests that were sent again.", lambda a: a.retries),
    ("fallbacks", "Answers in place of an earlier provider.", lambda a: a.fallbacks),
    ("tokens", "Tokens that a provider read.", lambda a: a.tokens),
    ("cost", "What they cost by the configured price.", lambda a: a.cost),
    ("seconds", "Time of requests that were answered.", lambda a: a.total_s),
)


class _ProviderCollector(Collector):
    """Adds up the accounts of one model and provider when Prometheus asks."""

    def __init__(self) -> None:
        self.accounts: WeakSet[Account] = WeakSet()

    def collect(self) -> Iterator[Metric]:
        accounts = list(self.accounts)
        names = sorted({(account.model, account.provider) for account in accounts})
        same = {
            name: [each for each in accounts if (each.model, each.provider) == name]
            for name in names
        }
        for what, help_text, read in _COUNTERS:
            family = CounterMetricFamily(
                f"oms_embedding_provider_{what}", help_text, labels=_LABELS
            )
            for name in names:
                family.add_metric(name, sum(read(each) for each in same[name]))
            yield family
        yield _failures(same)
        available = GaugeMetricFamily(
            "oms_embedding_provider_available",
            "0 while the circuit breaker keeps calls away.",
            labels=_LABELS,
        )
        for name in names:
            available.add_metric(name, float(not any(each.is_open for each in same[name])))
        yield available


def _failures(same: dict[tuple[str, str], list[Account]]) -> Metric:
    family = CounterMetricFamily(
        "oms_embedding_provider_failures",
        "Requests that brought no vector.",
        labels=(*_LABELS, "kind"),
    )
    for name, accounts in same.items():
        kinds = sorted({kind for each in accounts for kind in each.failures})
        for kind in kinds:
            family.add_metric((*name, kind), sum(each.failures[kind] for each in accounts))
    return family


_collector = _ProviderCollector()
REGISTRY.register(_collector)


def watch(account: Account) -> None:
    """Shows an account for as long as somebody holds it."""
    _collector.accounts.add(account)
