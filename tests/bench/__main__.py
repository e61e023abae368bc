"""`python -m tests.bench`, which is `make bench`: measures, and writes the pages of `PAGES`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from oms_devstack import starting_stack

from tests.bench import (
    embedding,
    embedding_quality,
    embedding_search,
    events_filters,
    events_publish,
    events_relay,
    events_webhooks,
    graph,
    graphql,
    graphql_lists,
    kernel,
    local,
    outbound,
    overload,
    scheduler,
    startup,
    tcp,
    tracing,
    transfer,
)
from tests.bench.report import Section, write


async def _kernel(is_quick: bool) -> list[Section]:
    sizes = (100, 10_000) if is_quick else (100, 10_000, 100_000)
    return await kernel.at_scales(sizes, repeats=10 if is_quick else 40)


async def _writers(is_quick: bool) -> list[Section]:
    return [await kernel.concurrent_writers(writers=200, seconds=2 if is_quick else 5)]


async def _tcp(is_quick: bool) -> list[Section]:
    return [await tcp.over_tcp(rounds=3 if is_quick else 7, seconds=0.7 if is_quick else 1.5)]


async def _local(is_quick: bool) -> list[Section]:
    return [await local.over_local_channel(calls=500 if is_quick else 2000)]


async def _startup(is_quick: bool) -> list[Section]:
    return [await startup.startup(repeats=2 if is_quick else 5)]


async def _overload(is_quick: bool) -> list[Section]:
    return [await overload.overload(seconds=4 if is_quick else 6, rounds=1 if is_quick else 3)]


async def _transfer(is_quick: bool) -> list[Section]:
    return [await transfer.brick(repeats=1 if is_quick else 3)]


async def _graph(is_quick: bool) -> list[Section]:
    size = 50_000 if is_quick else 1_000_000
    repeats = 20 if is_quick else 100
    return [
        await graph.small(repeats=repeats),
        *await graph.large(size=size, repeats=repeats),
        await graph.as_of(depth=1_000 if is_quick else 10_000, repeats=repeats),
    ]


async def _backends(is_quick: bool) -> list[Section]:
    with TemporaryDirectory() as folder:
        async with starting_stack(Path(folder), only={"postgresql"}) as stack:
            await stack.ready()
            url = stack.urls["DATABASE_URL"]
            seconds = 2 if is_quick else 5
            return [await graph.backends(url, repeats=50, seconds=seconds)]


async def _publish(is_quick: bool) -> list[Section]:
    events, rounds = (10_000, 3) if is_quick else (50_000, 7)
    return [await events_publish.publishing(events=events, rounds=rounds)]


async def _webhooks(is_quick: bool) -> list[Section]:
    count, seconds = (2_000, 3) if is_quick else (20_000, 20)
    return [
        await events_webhooks.throughput(count=count),
        await events_webhooks.latency(seconds=seconds),
    ]


async def _filters(is_quick: bool) -> list[Section]:
    return [
        events_filters.finding(rounds=3 if is_quick else 7, seconds=0.3 if is_quick else 1.0),
        events_filters.costs(rounds=3 if is_quick else 7, calls=300 if is_quick else 3000),
    ]


async def _relay(is_quick: bool) -> list[Section]:
    seconds, commits = (3, 300) if is_quick else (10, 3_000)
    return [await events_relay.relaying(seconds=seconds, commits=commits)]


async def _outbound(is_quick: bool) -> list[Section]:
    rounds, sends = (3, 1000) if is_quick else (7, 3000)
    return [await outbound.signed_sends(rounds=rounds, sends=sends)]


async def _embedding(is_quick: bool) -> list[Section]:
    return [
        await embedding.throughput(rounds=2 if is_quick else 3, count=128 if is_quick else 256),
        await embedding.latency(calls=50 if is_quick else 200),
        await embedding.memory(count=40_960 if is_quick else 204_800),
        await embedding_quality.sts_benchmark(),
    ]


async def _search(is_quick: bool) -> list[Section]:
    count, queries, rounds = (25_000, 100, 2) if is_quick else (100_000, 300, 5)
    return [await embedding_search.searching(count=count, queries=queries, rounds=rounds)]


async def _scheduler(is_quick: bool) -> list[Section]:
    rates, seconds = ((10, 200), 10) if is_quick else ((10, 200, 500, 1_000), 30)
    schedules = 20_000 if is_quick else 100_000
    return [
        await scheduler.lateness(rates=rates, seconds=seconds, schedules=schedules),
        await scheduler.take_over(rounds=2 if is_quick else 7, schedules=schedules),
    ]


async def _graphql(is_quick: bool) -> list[Section]:
    idle, subscribers, events = (1_000, 200, 10) if is_quick else (5_000, 1_000, 50)
    return [await graphql.subscriptions(idle=idle, subscribers=subscribers, events=events)]


async def _graphql_lists(is_quick: bool) -> list[Section]:
    return [await graphql_lists.lists(rounds=5 if is_quick else 25)]


async def _tracing(is_quick: bool) -> list[Section]:
    rounds, calls = (4, 60) if is_quick else (12, 100)
    return [await tracing.cost(rounds=rounds, calls=calls)]


PARTS: dict[str, Callable[[bool], Awaitable[list[Section]]]] = {
    "local": _local,
    "tcp": _tcp,
    "overload": _overload,
    "startup": _startup,
    "transfer": _transfer,
    "kernel": _kernel,
    "writers": _writers,
    "graph": _graph,
    "backends": _backends,
    "publish": _publish,
    "webhooks": _webhooks,
    "filters": _filters,
    "relay": _relay,
    "outbound": _outbound,
    "embedding": _embedding,
    "search": _search,
    "scheduler": _scheduler,
    "graphql": _graphql,
    "graphql-lists": _graphql_lists,
    "tracing": _tracing,
}

PAGES: dict[str, tuple[str, ...]] = {
    "performance.md": ("local", "tcp", "transfer", "kernel", "writers"),
    "performance-overload.md": ("overload",),
    "performance-start.md": ("startup",),
    "performance-graphs.md": ("graph", "backends"),
    "performance-events.md": ("publish", "webhooks", "filters", "relay"),
    "performance-outbound.md": ("outbound",),
    "performance-embedding.md": ("embedding",),
    "performance-embedding-search.md": ("search",),
    "performance-scheduler.md": ("scheduler",),
    "performance-graphql.md": ("graphql",),
    "performance-graphql-lists.md": ("graphql-lists",),
    "performance-tracing.md": ("tracing",),
}
"""What stands on which page of docs/. A page is written when all of it was measured."""


def main() -> int:
    """Runs the parts that were asked for; 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--quick", action="store_true", help="fewer rounds; writes no page")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - PARTS.keys()
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    started = perf_counter()
    measured: dict[str, list[Section]] = {}
    for name in arguments.parts or PARTS:
        measured[name] = asyncio.run(PARTS[name](arguments.quick))
        for section in measured[name]:
            print(section.terminal(), flush=True)
    print(f"\n{perf_counter() - started:.0f} s")
    for page, parts in PAGES.items():
        if not arguments.quick and all(part in measured for part in parts):
            on_page = [section for part in parts for section in measured[part]]
            write(on_page, page, command="make bench")
    sections = [section for part in measured.values() for section in part]
    return 0 if all(goal.is_met for section in sections for goal in section.goals) else 1


if __name__ == "__main__":
    sys.exit(main())
