"""Filters as functions of an event's facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from svc_events.domain.events import CloudEvent
from svc_events.domain.filters.facts import Facts
from svc_events.domain.filters.model import All, AnyOf, Exact, Filter, Not, Prefix, Sql, Suffix

Predicate: TypeAlias = Callable[[Facts], bool]


def matches(wanted: Filter, event: CloudEvent) -> bool:
    """Whether an event passes a filter. For more than one event, compile it once."""
    return compile_filter(wanted)(Facts.of(event))


def compile_filter(wanted: Filter) -> Predicate:
    """A function that tells whether an event passes; it never raises."""
    match wanted:
        case All(inner):
            return _all([compile_filter(each) for each in inner])
        case AnyOf(inner):
            return _any([compile_filter(each) for each in inner])
        case Not(inner):
            refused = compile_filter(inner)
            return lambda facts: not refused(facts)
        case _:
            return _leaf(wanted)


def _leaf(wanted: Exact | Prefix | Suffix | Sql) -> Predicate:
    match wanted:
        case Exact(attribute, value):
            return lambda facts: facts.texts.get(attribute) == value
        case Prefix(attribute, value):
            return lambda facts: facts.texts.get(attribute, "").startswith(value)
        case Suffix(attribute, value):
            return lambda facts: facts.texts.get(attribute, "").endswith(value)
        case Sql(expression):
            is_true = expression.is_true
            return lambda facts: is_true(facts.values)


def _all(predicates: list[Predicate]) -> Predicate:
    if len(predicates) == 1:
        return predicates[0]

    def every(facts: Facts) -> bool:
        # A loop, for all() with a generator takes three times as long.
        for predicate in predicates:  # noqa: SIM110
            if not predicate(facts):
                return False
        return True

    return every


def _any(predicates: list[Predicate]) -> Predicate:
    if len(predicates) == 1:
        return predicates[0]

    def some(facts: Facts) -> bool:
        for predicate in predicates:  # noqa: SIM110
            if predicate(facts):
                return True
        return False

    return some
