"""The index finds exactly what evaluating every filter finds, and looks at few of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from svc_events.domain.cesql import Expression
from svc_events.domain.cesql.like import compile_pattern
from svc_events.domain.events import CloudEvent
from svc_events.domain.filters import (
    EVERYTHING,
    All,
    AnyOf,
    Exact,
    Facts,
    Filter,
    FilterIndex,
    Not,
    Prefix,
    Sql,
    Suffix,
    compile_filter,
    parse_filters,
)
from svc_events.domain.filters.access import Key, KeyKind

from .cesql import trees

# Few values, so that filters and events often meet.
texts = st.text("ab", min_size=1, max_size=3) | st.sampled_from(["5", "05", "true", "TRUE", "1"])
names = st.sampled_from(["type", "subject", "t", "n", "b"])
patterns = st.text("ab%_", max_size=4) | texts


def sql(text: str) -> Filter:
    return Sql(Expression(text))


def quoted(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).upper()


literals = (texts | st.integers(0, 6) | st.booleans()).map(quoted)
conditions = st.one_of(
    st.builds("{} = {}".format, names, literals),
    st.builds("{} = {}".format, literals, names),
    st.builds("{} != {}".format, names, literals),
    st.builds("{} LIKE '{}'".format, names, patterns),
    st.builds("{} NOT LIKE '{}'".format, names, patterns),
    st.builds("EXISTS {}".format, names),
    st.builds("NOT EXISTS {}".format, names),
    st.builds(
        lambda name, some: f"{name} IN ({', '.join(some)})",
        names,
        st.lists(literals | names, min_size=1, max_size=3),
    ),
    st.builds("{} > {}".format, names, literals),
    names,
    literals,
)
expressions = st.recursive(
    conditions,
    lambda inner: (
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["AND", "OR", "XOR"]), inner)
        | inner.map("NOT ({})".format)
    ),
    max_leaves=5,
).map(sql) | trees.trees.map(trees.write).map(sql)

leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Exact, names, texts),
    st.builds(Prefix, names, texts),
    st.builds(Suffix, names, texts),
    expressions,
    st.just(EVERYTHING),
)
filters: st.SearchStrategy[Filter] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(All),
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(AnyOf),
        inner.map(Not),
    ),
    max_leaves=6,
)
values = texts | st.integers(-1, 6) | st.booleans()
events = st.builds(
    lambda kind, subject, extensions: CloudEvent(
        id="1", source="/s", type=kind, subject=subject, extensions=extensions
    ),
    texts,
    st.none() | texts,
    st.dictionaries(st.sampled_from(["t", "n", "b"]), values),
)


def naive(subscriptions: Mapping[int, Filter], event: CloudEvent) -> list[int]:
    facts = Facts.of(event)
    return sorted(key for key, wanted in subscriptions.items() if compile_filter(wanted)(facts))


@given(st.lists(filters, max_size=8), st.lists(events, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_the_index_finds_what_evaluating_all_finds(wanted: list[Filter], some: list[CloudEvent]):
    subscriptions = dict(enumerate(wanted))
    index = FilterIndex(subscriptions.items())
    for event in some:
        assert sorted(index.matching(event)) == naive(subscriptions, event)


@given(st.text("ab%_", max_size=5), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_pattern_is_looked_up_as_it_reads(pattern: str, is_extension: bool):
    name = "t" if is_extension else "type"
    index = FilterIndex([(1, sql(f"{name} LIKE '{pattern}'"))])
    for length in range(1, 6):
        for letters in product("ab", repeat=length):
            text = "".join(letters)
            event = CloudEvent(id="1", source="/s", type=text, extensions={"t": text})
            assert (index.matching(event) == [1]) is compile_pattern(pattern)(text)


class ChangingIndex(RuleBasedStateMachine):
    """Subscriptions come, change and go."""

    def __init__(self) -> None:
        super().__init__()
        self.index = FilterIndex[int]()
        self.model: dict[int, Filter] = {}

    @rule(key=st.integers(0, 5), wanted=filters)
    def add(self, key: int, wanted: Filter) -> None:
        self.index.add(key, wanted)
        self.model[key] = wanted

    @rule(key=st.integers(0, 5))
    def remove(self, key: int) -> None:
        if key in self.model:
            self.index.remove(key)
            del self.model[key]
        else:
            with pytest.raises(KeyError):
                self.index.remove(key)

    @rule(event=events)
    def match(self, event: CloudEvent) -> None:
        assert sorted(self.index.matching(event)) == naive(self.model, event)

    @invariant()
    def counts(self) -> None:
        assert len(self.index) == len(self.model)
        assert all(key in self.index for key in self.model)


ChangingIndex.TestCase.settings = settings(max_examples=40, deadline=None, stateful_step_count=25)
TestChangingIndex = ChangingIndex.TestCase


def keys_of(*wanted: Any) -> set[tuple[str, str, Any]] | None:
    index = FilterIndex([(1, parse_filters(list(wanted)))])
    keys = index.cover(1).keys
    return None if keys is None else {(key.kind.name, key.attribute, key.value) for key in keys}


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"exact": {"type": "a"}}, {("TEXT", "type", "a")}),
        ({"prefix": {"type": "a"}}, {("PREFIX", "type", "a")}),
        ({"suffix": {"type": "a"}}, {("SUFFIX", "type", "a")}),
        ({"prefix": {"type": "x" * 99}}, {("PREFIX", "type", "x" * 64)}),
        (
            {
                "prefix": {"type": "com."},
            },
            {("PREFIX", "type", "com.")},
        ),
        ({"all": [{"prefix": {"type": "a"}}, {"exact": {"id": "1"}}]}, {("TEXT", "id", "1")}),
        (
            {"any": [{"prefix": {"type": "a"}}, {"exact": {"id": "1"}}]},
            {("PREFIX", "type", "a"), ("TEXT", "id", "1")},
        ),
        ({"not": {"exact": {"id": "1"}}}, None),
        ({"not": {"not": {"exact": {"id": "1"}}}}, {("TEXT", "id", "1")}),
        ({"any": [{"exact": {"id": "1"}}, {"not": {"exact": {"id": "1"}}}]}, None),
        ({"exact": {"specversion": "1.0", "type": "a"}}, {("TEXT", "type", "a")}),
        ({"sql": "type = 'a'"}, {("TEXT", "type", "a")}),
        ({"sql": "'a' = type"}, {("TEXT", "type", "a")}),
        ({"sql": "type LIKE 'a%'"}, {("PREFIX", "type", "a")}),
        ({"sql": "type LIKE '%a'"}, {("SUFFIX", "type", "a")}),
        ({"sql": "type LIKE 'abc%a'"}, {("PREFIX", "type", "abc")}),
        ({"sql": "type LIKE 'abc'"}, {("TEXT", "type", "abc")}),
        ({"sql": "n LIKE '%a%'"}, {("PRESENT", "n", "")}),
        ({"sql": "type LIKE '%a%'"}, None),
        ({"sql": "type IN ('a', 'b')"}, {("TEXT", "type", "a"), ("TEXT", "type", "b")}),
        ({"sql": "n IN ('05')"}, {("TEXT", "n", "05"), ("TEXT", "n", "5")}),
        ({"sql": "n = 5"}, {("INTEGER", "n", 5)}),
        ({"sql": "n = TRUE"}, {("BOOLEAN", "n", True)}),
        ({"sql": "n > 5"}, {("PRESENT", "n", "")}),
        ({"sql": "EXISTS n"}, {("PRESENT", "n", "")}),
        ({"sql": "NOT EXISTS n"}, None),
        ({"sql": "EXISTS id"}, None),
        ({"sql": "FALSE"}, set()),
        ({"sql": "TRUE AND id = 'x'"}, {("TEXT", "id", "x")}),
        ({"sql": "n > 5 AND type LIKE 'a%' AND id = 'x'"}, {("TEXT", "id", "x")}),
        ({"sql": "id = 'x' OR n > 5"}, {("TEXT", "id", "x"), ("PRESENT", "n", "")}),
        ({"sql": "LENGTH(CONCAT(id, n)) > 5"}, {("PRESENT", "n", "")}),
    ],
)
def test_the_rarest_condition_leads_to_a_filter(wanted: Any, keys: Any):
    assert keys_of(wanted) == keys


def test_among_equals_the_condition_that_fewer_share_leads():
    index = FilterIndex[int]()
    for number in range(100):
        index.add(number, parse_filters([{"exact": {"type": "a", "source": f"/{number}"}}]))
    leading = {key for number in range(100) for key in index.cover(number).keys or ()}
    assert leading - {Key(KeyKind.TEXT, "type", "a")} >= {
        Key(KeyKind.TEXT, "source", f"/{number}") for number in range(1, 100)
    }


def test_filters_that_say_the_same_are_kept_once(monkeypatch: pytest.MonkeyPatch):
    evaluated: list[str] = []
    is_true = Expression.is_true

    def counted(self: Expression, values: Any) -> bool:
        evaluated.append(self.text)
        return is_true(self, values)

    monkeypatch.setattr(Expression, "is_true", counted)
    index = FilterIndex[int]()
    for number in range(10):
        index.add(number, sql("NOT  EXISTS x" if number % 2 else "not exists x"))
        index.add(100 + number, Not(All((sql("NOT EXISTS x"), Exact("id", str(number))))))
    event = CloudEvent(id="1", source="/s", type="t")
    assert sorted(index.matching(event)) == [*range(10), 100, *range(102, 110)]
    assert len(evaluated) == 1


def test_an_exact_condition_needs_no_evaluation(monkeypatch: pytest.MonkeyPatch):
    index = FilterIndex([(1, sql("type = 't'")), (2, sql("type = 'u'"))])
    monkeypatch.setattr(Expression, "_run", None, raising=False)
    assert index.matching(CloudEvent(id="1", source="/s", type="t")) == [1]


def test_nothing_is_left_of_what_was_removed():
    index = FilterIndex[int]()
    for number, wanted in enumerate(
        [
            Prefix("type", "a"),
            Suffix("type", "b"),
            Exact("id", "1"),
            sql("n = 5 OR b = TRUE OR EXISTS x"),
            Not(sql("n = 5")),
        ]
    ):
        index.add(number, wanted)
    for number in range(5):
        index.remove(number)
    assert index._attributes == {}
    assert index._entries == {}
    assert index._everywhere == set()
    assert len(index._shared) == 0


def test_a_subscription_may_get_another_filter():
    index = FilterIndex([("a", Exact("id", "1"))])
    index.add("a", Exact("id", "2"))
    assert index.matching(CloudEvent(id="1", source="/s", type="t")) == []
    assert index.matching(CloudEvent(id="2", source="/s", type="t")) == ["a"]
    assert len(index) == 1
