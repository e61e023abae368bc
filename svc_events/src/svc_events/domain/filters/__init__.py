"""Which events a subscription wants: the filter dialects of the CloudEvents Subscriptions API."""

from svc_events.domain.filters.compiling import Predicate, compile_filter, matches
from svc_events.domain.filters.facts import Facts
from svc_events.domain.filters.index import FilterIndex
from svc_events.domain.filters.model import (
    EVERYTHING,
    All,
    AnyOf,
    Exact,
    Filter,
    Not,
    Prefix,
    Sql,
    Suffix,
)
from svc_events.domain.filters.parsing import parse_filters

__all__ = [
    "EVERYTHING",
    "All",
    "AnyOf",
    "Exact",
    "Facts",
    "Filter",
    "FilterIndex",
    "Not",
    "Predicate",
    "Prefix",
    "Sql",
    "Suffix",
    "compile_filter",
    "matches",
    "parse_filters",
]
