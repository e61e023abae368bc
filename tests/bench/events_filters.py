"""How fast filters find the subscriptions that want an event, and what events and filters cost."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from time import process_time
from typing import Any

from svc_events.domain.cesql import Expression, values_of
from svc_events.domain.events import (
    CloudEvent,
    EventData,
    Timestamp,
    from_http,
    from_json,
    to_http_binary,
    to_json,
)
from svc_events.domain.filters import Facts, Filter, FilterIndex, compile_filter, parse_filters

from tests.bench.report import Goal, Section

_GOAL = 200_000
_NOUNS = ("objectType", "linkType", "interface", "property", "branch", "document", "schema", "role")
_VERBS = ("created", "updated", "deleted", "merged", "restored")
_TENANTS = 200


def finding(*, rounds: int, seconds: float) -> Section:
    """Every filter evaluated, and the index, in turn, on the same events."""
    section = Section(
        "Which subscriptions want an event",
        "Evaluations per second of processor time: events per second times subscriptions. In turn, "
        "all filters, compiled, are evaluated on an event, and the index is asked; medians of "
        f"{rounds} rounds of {seconds} s. Of ten mixed filters, three are exact on one attribute, "
        "one on two, two are prefix or suffix, one and a half all, any and not, two and a half "
        "CloudEvents SQL.",
        ("subscriptions", "matches an event", "each evaluated/s", "index/s", "index, events/s"),
    )
    for name, wanted in _populations().items():
        each, indexed, matches = _compared(wanted, rounds, seconds)
        section.rows.append(
            (
                f"{len(wanted):,} {name}",
                f"{matches:.1f}",
                f"{each * len(wanted):,.0f}",
                f"{indexed * len(wanted):,.0f}",
                f"{indexed:,.0f}",
            )
        )
        if name == "mixed" and len(wanted) == 1000:
            reached = indexed * len(wanted)
            text = f"{reached:,.0f} evaluations/s over 1,000 subscriptions; promised are {_GOAL:,}"
            section.goals.append(Goal(text, reached >= _GOAL))
    return section


def costs(*, rounds: int, calls: int) -> Section:
    """What single steps cost."""
    section = Section(
        "Events and expressions",
        f"Microseconds of processor time of a call: medians of {rounds} rounds of {calls} calls. "
        "The event has ten attributes and 512 bytes of JSON.",
        ("what", "µs"),
    )
    for name, step in _steps().items():
        section.rows.append((name, f"{_microseconds(step, rounds, calls):.1f}"))
    return section


def _populations() -> dict[str, list[Filter]]:
    """Subscriptions by what they are; the same on every run."""
    chance = random.Random(7)
    mixed = [_mixed(chance) for _ in range(1000)]
    return {
        "mixed": mixed,
        "exact": [_parsed(_exact(chance)) for _ in range(1000)],
        "CloudEvents SQL": [_parsed(_sql(chance)) for _ in range(1000)],
        "mixed, ten times as many": [_mixed(chance) for _ in range(10_000)],
    }


def _mixed(chance: random.Random) -> Filter:
    make = chance.choices(
        (_exact, _prefix, _suffix, _several, _nested, _negated, _sql), (30, 15, 5, 10, 10, 5, 25)
    )[0]
    return _parsed(make(chance))


def _parsed(plain: Any) -> Filter:
    return parse_filters([plain])


def _type(chance: random.Random) -> str:
    return f"org.oms.{chance.choice(_NOUNS)}.{chance.choice(_VERBS)}"


def _tenant(chance: random.Random) -> str:
    return f"/ontologies/t{chance.randrange(_TENANTS)}"


def _exact(chance: random.Random) -> Any:
    return {"exact": {"type": f"{_type(chance)}.v{chance.randrange(5)}"}}


def _prefix(chance: random.Random) -> Any:
    if chance.random() < 0.5:
        return {"prefix": {"source": _tenant(chance)}}
    return {"prefix": {"subject": f"{chance.choice(_NOUNS)}s/{chance.randrange(1000)}"}}


def _suffix(chance: random.Random) -> Any:
    return {"suffix": {"subject": f"/{chance.randrange(500)}"}}


def _several(chance: random.Random) -> Any:
    return {"exact": {"type": f"{_type(chance)}.v1", "source": _tenant(chance)}}


def _nested(chance: random.Random) -> Any:
    several = [{"exact": {"source": _tenant(chance)}} for _ in range(3)]
    return {"all": [{"any": several}, {"suffix": {"type": f"{chance.choice(_VERBS)}.v1"}}]}


def _negated(chance: random.Random) -> Any:
    return {"all": [{"not": {"exact": {"actor": "system"}}}, _several(chance)]}


def _sql(chance: random.Random) -> Any:
    shapes: tuple[Callable[[], str], ...] = (
        lambda: f"type = '{_type(chance)}.v1' AND source = '{_tenant(chance)}'",
        lambda: f"source LIKE '{_tenant(chance)}%' AND priority > {chance.randrange(5)}",
        lambda: f"source IN ('{_tenant(chance)}', '{_tenant(chance)}') AND EXISTS priority",
        lambda: f"priority = {chance.randrange(10)} AND subject LIKE '%/{chance.randrange(99)}'",
        lambda: f"UPPER(actor) = 'USER{chance.randrange(99)}' AND NOT (priority < 2)",
        lambda: f"type LIKE '%.{chance.choice(_VERBS)}.v_' AND source = '{_tenant(chance)}'",
    )
    return {"sql": chance.choice(shapes)()}


def _events(count: int) -> list[CloudEvent]:
    chance = random.Random(11)
    return [_event(chance, number) for number in range(count)]


def _event(chance: random.Random, number: int) -> CloudEvent:
    extensions: dict[str, Any] = {"actor": f"user{chance.randrange(99)}", "partitionkey": "p"}
    if chance.random() < 0.5:
        extensions["priority"] = chance.randrange(10)
    return CloudEvent(
        id=f"{number:08}",
        source=_tenant(chance),
        type=f"{_type(chance)}.v{chance.randrange(5)}",
        subject=f"{chance.choice(_NOUNS)}s/{chance.randrange(1000)}",
        time=Timestamp("2026-11-27T11:00:00.123456Z"),
        datacontenttype="application/json",
        extensions=extensions,
        data=EventData.text('{"text":"' + "x" * 501 + '"}'),
    )


def _compared(wanted: Sequence[Filter], rounds: int, seconds: float) -> tuple[float, float, float]:
    """Events per second with each filter evaluated and with the index, and matches of an event."""
    events = _events(1000)
    predicates = [compile_filter(each) for each in wanted]
    index = FilterIndex(enumerate(wanted))

    def each(event: CloudEvent) -> int:
        facts = Facts.of(event)
        return sum(predicate(facts) for predicate in predicates)

    def indexed(event: CloudEvent) -> int:
        return len(index.matching(event))

    matches = [indexed(event) for event in events]
    if matches[:50] != [each(event) for event in events[:50]]:
        raise AssertionError("the index finds something else than evaluating each filter")
    pairs = [(_rate(each, events, seconds), _rate(indexed, events, seconds)) for _ in range(rounds)]
    slow, fast = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    return slow, fast, statistics.mean(matches)


def _rate(find: Callable[[CloudEvent], int], events: list[CloudEvent], seconds: float) -> float:
    """Events per second of processor time, which other processes disturb less than wall time."""
    done, started, stream = 0, process_time(), cycle(events)
    while process_time() - started < seconds:
        for event in islice(stream, 10):
            find(event)
        done += 10
    return done / (process_time() - started)


def _steps() -> dict[str, Callable[[], object]]:
    (event,) = _events(1)
    raw, message = to_json(event), to_http_binary(event)
    text = "type LIKE 'org.oms.%' AND source IN ('/a', '/b', '/ontologies/t1') AND priority > 5"
    expression, values = Expression(text), values_of(event)
    plain = [{"any": [{"exact": {"type": "a"}}, {"prefix": {"source": "/a"}}]}]
    wanted = parse_filters(plain)
    index = FilterIndex(enumerate(_populations()["mixed"]))

    def subscribe() -> None:
        index.add(-1, wanted)
        index.remove(-1)

    return {
        "read an event in JSON": lambda: from_json(raw),
        "write an event in JSON": lambda: to_json(event),
        "read an event from HTTP headers and body": lambda: from_http(
            message.headers, message.body
        ),
        "write an event as HTTP headers and body": lambda: to_http_binary(event),
        f"parse and compile `{text}`": lambda: Expression(text),
        "evaluate it": lambda: expression.is_true(values),
        "parse a filter of three": lambda: parse_filters(plain),
        "add a subscription to an index of 1,000 and remove it": subscribe,
    }


def _microseconds(step: Callable[[], object], rounds: int, calls: int) -> float:
    taken: list[float] = []
    for _ in range(rounds):
        started = process_time()
        for _ in range(calls):
            step()
        taken.append((process_time() - started) / calls * 1e6)
    return statistics.median(taken)
