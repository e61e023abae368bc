"""What a server does with more calls than it can serve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_testing.e2e import Endpoint, GrpcApi
from oms_testing.e2e_methods import method_of

from tests.bench.load import Order
from tests.bench.open_loop import Flood, Flooded
from tests.bench.processes import (
    Credentials,
    FloodGenerator,
    Target,
    flood_generator,
    load_generator,
    running_service,
)
from tests.bench.report import Goal, Section

_TYPES: Final = 1000
_CONCURRENCY: Final = 8
_FACTORS: Final = (0.5, 1.0, 2.0, 3.0, 5.0)
_TIMEOUT_S: Final = 2.0
_GOODPUT_GOAL: Final = 0.6
_LATE_GOAL: Final = 0.05
_MODES: Final[dict[str, dict[str, str]]] = {
    "none is refused": {"OMS_LONGEST_WAIT_S": "0"},
    "as by default": {},
}
_Results: TypeAlias = dict[str, dict[float, list[Flooded]]]
_REQUEST: Final = object_types.ListObjectTypesRequest(parent="ontologies/bench", page_size=_TYPES)


async def overload(*, seconds: float, rounds: int) -> Section:
    """Floods of a read at multiples of what it can be served at, against deadlines; with calls
    refused when others wait for too long, and without."""
    results: _Results = {}
    capacity = 0.0
    for name, environment in _MODES.items():
        capacity, results[name] = await _measure(environment, seconds, rounds)
    return _section(capacity, results, seconds, rounds)


async def _measure(
    environment: dict[str, str], seconds: float, rounds: int
) -> tuple[float, dict[float, list[Flooded]]]:
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        async with (
            running_service("oms_monolith", Path(folder), credentials, **environment) as targets,
            load_generator() as load,
            flood_generator() as floods,
        ):
            target = targets["api"]
            await _prepare(target, credentials)
            order = Order(
                address=target.address,
                path=method_of(_REQUEST).path,
                request=_REQUEST.SerializeToString().hex(),
                token=credentials.token,
                seconds=seconds,
                concurrency=_CONCURRENCY,
            )
            await load.round(order)
            capacity = (await load.round(order)).calls_per_s
            return capacity, await _flood(floods, order, capacity, rounds)


async def _prepare(target: Target, credentials: Credentials) -> None:
    async with GrpcApi(Endpoint(target.address, "", credentials.token)) as api:
        await api(ontologies.CreateOntologyRequest(ontology_id="bench"))
        changes = [
            change_sets.Change(
                create=change_sets.Element(
                    object_type=object_types.ObjectType(
                        name=f"ontologies/bench/objectTypes/T{number}",
                        labels=[elements.LocalizedText(language="en", text=f"Type {number}")],
                    )
                )
            )
            for number in range(_TYPES)
        ]
        await api(change_sets.ApplyChangeSetRequest(parent="ontologies/bench", changes=changes))


async def _flood(
    floods: FloodGenerator, order: Order, capacity: float, rounds: int
) -> dict[float, list[Flooded]]:
    flood = Flood(
        address=order.address,
        path=order.path,
        request=order.request,
        token=order.token,
        seconds=order.seconds,
        rate=0,
        timeout_s=_TIMEOUT_S,
    )
    results: dict[float, list[Flooded]] = {factor: [] for factor in _FACTORS}
    for _ in range(rounds):
        for factor in _FACTORS:
            results[factor].append(await floods.flood(replace(flood, rate=capacity * factor)))
    return results


def _middle(results: list[Flooded], number: Any) -> float:
    ordered = sorted(number(result) for result in results)
    return float(ordered[len(ordered) // 2])


def _goodput(result: Flooded) -> float:
    return result.codes.get("OK", 0) / result.seconds


def _share(result: Flooded, code: str) -> float:
    return result.codes.get(code, 0) / result.sent


def _section(capacity: float, results: _Results, seconds: float, rounds: int) -> Section:
    section = Section(
        "More calls than can be served",
        f"`ListObjectTypes` of {_TYPES} types on the monolith, over eight connections. "
        f"{_CONCURRENCY} callers that wait for each answer get {capacity:.0f} calls a second. Then "
        "calls come at multiples of that whether they are answered or not, each with a deadline of "
        f"{_TIMEOUT_S:g} s, for {seconds:g} s at a time; medians of {rounds} rounds. Client and "
        "server share the machine, so that the floods take from the server what it takes to send "
        "them. Late are those whose deadline passed. By default a part of the calls is refused "
        "while they wait for longer than `OMS_LONGEST_WAIT_S`.",
        (
            "",
            "load",
            "sent/s",
            "answered/s",
            "p50 ms",
            "p99 ms",
            "refused",
            "refusal p99 ms",
            "late",
        ),
    )
    rows = [(name, *row) for name, of_mode in results.items() for row in of_mode.items()]
    for name, factor, each in rows:
        section.rows.append(
            (
                name,
                f"{factor:g} x",
                f"{_middle(each, lambda r: r.sent / r.seconds):.0f}",
                f"{_middle(each, _goodput):.0f}",
                f"{_middle(each, lambda r: r.p50_ms):.0f}",
                f"{_middle(each, lambda r: r.p99_ms):.0f}",
                f"{_middle(each, lambda r: _share(r, 'RESOURCE_EXHAUSTED')):.0%}",
                f"{_middle(each, lambda r: r.refusal_p99_ms):.0f}",
                f"{_middle(each, lambda r: _share(r, 'DEADLINE_EXCEEDED')):.0%}",
            )
        )
    section.goals = _goals(results["as by default"])
    return section


def _goals(results: dict[float, list[Flooded]]) -> list[Goal]:
    most = max(_FACTORS)
    best = max(_middle(each, _goodput) for each in results.values())
    share = _middle(results[most], _goodput) / best
    late = _middle(results[most], lambda r: _share(r, "DEADLINE_EXCEEDED"))
    return [
        Goal(
            f"at {most:g} times the load, {share:.0%} of the most that was served at any load is "
            f"still served in time; promised: {_GOODPUT_GOAL:.0%}",
            share >= _GOODPUT_GOAL,
        ),
        Goal(
            f"of the calls that come then, {late:.0%} are neither served nor refused by their "
            f"deadline; promised: at most {_LATE_GOAL:.0%}",
            late <= _LATE_GOAL,
        ),
    ]
