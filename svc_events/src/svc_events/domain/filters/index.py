"""Finds the subscriptions that want an event, without looking at all of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from svc_events.domain.cesql import Expression
from svc_events.domain.events import CloudEvent
from svc_events.domain.filters.access import Cover, Key
from svc_events.domain.filters.attribute_index import AttributeIndex
from svc_events.domain.filters.compiling import Predicate, compile_filter
from svc_events.domain.filters.covering import cover_filter
from svc_events.domain.filters.facts import Facts
from svc_events.domain.filters.model import Filter, Sql

S = TypeVar("S", bound=Hashable)


class FilterIndex(Generic[S]):
    """Subscriptions by what their filters ask for.

    Of each filter it takes one condition that has to hold, the rarest by its guess: an attribute's
    value, its beginning or end, or that it is there; of filters any of which will do, one each. The
    attributes of an event lead to the filters whose condition holds, and only those are evaluated;
    not even those, if the condition is all that they ask. Filters that say the same are kept, and
    evaluated, once, and so are expressions inside filters.

    What no condition can be taken from, such as `not`, is evaluated for every event.

    Not for use by several threads at once.
    """

    def __init__(self, subscriptions: Iterable[tuple[S, Filter]] = ()) -> None:
        self._entries: dict[Filter, _Entry[S]] = {}
        self._by_subscription: dict[S, _Entry[S]] = {}
        self._attributes: dict[str, AttributeIndex[_Entry[S]]] = {}
        self._everywhere: set[_Entry[S]] = set()
        self._shared: WeakValueDictionary[Expression, _Shared] = WeakValueDictionary()
        for subscription, wanted in subscriptions:
            self.add(subscription, wanted)

    def __len__(self) -> int:
        return len(self._by_subscription)

    def __contains__(self, subscription: S) -> bool:
        return subscription in self._by_subscription

    def add(self, subscription: S, wanted: Filter) -> None:
        """Adds a subscription, or gives it another filter."""
        if subscription in self._by_subscription:
            self.remove(subscription)
        entry = self._entries.get(wanted) or self._new_entry(wanted)
        entry.subscriptions[subscription] = None
        self._by_subscription[subscription] = entry

    def remove(self, subscription: S) -> None:
        """Removes a subscription.

        Raises:
            KeyError: it is not there.
        """
        entry = self._by_subscription.pop(subscription)
        del entry.subscriptions[subscription]
        if not entry.subscriptions:
            self._drop(entry)

    def matching(self, event: CloudEvent) -> list[S]:
        """The subscriptions whose filters let an event pass, in no particular order."""
        return self.matching_facts(Facts.of(event))

    def matching_facts(self, facts: Facts) -> list[S]:
        """As `matching`, for facts that are at hand."""
        found: list[S] = []
        for entry in self._candidates(facts):
            if entry.is_sure or entry.predicate(facts):
                found.extend(entry.subscriptions)
        return found

    def cover(self, subscription: S) -> Cover:
        """The conditions that lead to a subscription, for those who wonder why it is slow.

        Raises:
            KeyError: it is not there.
        """
        return self._by_subscription[subscription].cover

    def _candidates(self, facts: Facts) -> set[_Entry[S]]:
        groups = [self._everywhere]
        values = facts.values
        for name, text in facts.texts.items():
            attribute = self._attributes.get(name)
            if attribute is not None:
                groups.extend(attribute.found(text, values[name]))
        return set[_Entry[S]]().union(*groups)

    def _new_entry(self, wanted: Filter) -> _Entry[S]:
        cover = cover_filter(wanted, self._load)
        entry = _Entry[S](wanted, cover, compile_filter(wanted, self._sql))
        self._entries[wanted] = entry
        for key in cover.keys or ():
            self._attributes.setdefault(key.attribute, AttributeIndex()).add(key, entry)
        if cover.keys is None:
            self._everywhere.add(entry)
        return entry

    def _drop(self, entry: _Entry[S]) -> None:
        del self._entries[entry.wanted]
        self._everywhere.discard(entry)
        for key in entry.cover.keys or ():
            attribute = self._attributes[key.attribute]
            attribute.remove(key, entry)
            if not attribute:
                del self._attributes[key.attribute]

    def _load(self, key: Key) -> int:
        attribute = self._attributes.get(key.attribute)
        return 0 if attribute is None else attribute.load(key)

    def _sql(self, wanted: Sql) -> Predicate:
        expression = wanted.expression
        return self._shared.setdefault(expression, _Shared(expression)).is_true


class _Shared:
    """An expression that is evaluated once for an event, however many filters hold it."""

    __slots__ = ("__weakref__", "_evaluate")

    def __init__(self, expression: Expression) -> None:
        self._evaluate = expression.is_true

    def is_true(self, facts: Facts) -> bool:
        """Whether it is true of an event."""
        known = facts.memo.get(self)
        if known is None:
            known = facts.memo[self] = self._evaluate(facts.values)
        return known


class _Entry(Generic[S]):
    """A filter and the subscriptions that have it."""

    __slots__ = ("cover", "is_sure", "predicate", "subscriptions", "wanted")

    def __init__(self, wanted: Filter, cover: Cover, predicate: Predicate) -> None:
        self.wanted = wanted
        self.cover = cover
        self.is_sure = cover.is_exact
        self.predicate = predicate
        self.subscriptions: dict[S, None] = {}
