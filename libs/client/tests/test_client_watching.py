"""Watches go on where they were; the server breaks off as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import pytest
from google.rpc.status_pb2 import Status
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import stream_service_pb2 as streams
from oms.event.v1 import subscription_service_pb2 as subscriptions
from oms.scheduler.v1 import run_service_pb2 as runs
from oms_client import BEGINNING, AsyncClient, Client, NotFound, RetryPolicy, Unavailable

FAST = RetryPolicy(first_backoff_s=0.001, max_backoff_s=0.002)
BROKEN = Status(code=14, message="connection reset")


def part(commit: str, *documents: str, is_last: bool = True) -> commits.WatchCommitsResponse:
    return commits.WatchCommitsResponse(
        commit=commits.Commit(commit_id=commit),
        changes=[commits.DocumentDiff(document_id=document) for document in documents],
        is_last_part=is_last,
    )


def read(*sequences: int, read_sequence: int = 0) -> subscriptions.SubscribeResponse:
    delivered = [
        events.DeliveredEvent(event=events.StoredEvent(sequence=sequence)) for sequence in sequences
    ]
    return subscriptions.SubscribeResponse(events=delivered, read_sequence=read_sequence)


def run(name: str, revision: int, *, is_done: bool = False) -> runs.WatchRunsResponse:
    response = runs.WatchRunsResponse()
    response.run.name, response.run.revision = name, revision
    if is_done:
        response.run.end_time.seconds = 1
    return response


@pytest.fixture
def client(scripted: Any) -> Any:
    with Client(scripted.target, token="t", retries=FAST) as opened:
        yield opened


async def first(count: int, items: AsyncIterator[Any]) -> list[Any]:
    found = []
    async for item in items:
        found.append(item)
        if len(found) == count:
            return found
    raise AssertionError("the watch ended")


def test_commits_come_whole_and_once_over_breaks(client: Client, scripted: Any) -> None:
    scripted.answers += [
        [part("a", "1"), part("b", "2", is_last=False), BROKEN],
        [BROKEN],
        [],
        [part("b", "2", is_last=False), part("b", "3"), part("c")],
    ]
    watched = client.watch_commits("ontologies/shop", after=BEGINNING)
    found = list(islice(watched, 3))
    assert [item.commit.commit_id for item in found] == ["a", "b", "c"]
    assert [change.document_id for change in found[1].changes] == ["2", "3"]
    asked = [commits.WatchCommitsRequest.FromString(r) for r in scripted.requests]
    assert [r.from_commit for r in asked] == ["", "a", "a", "a"]
    assert {(r.parent, r.branch) for r in asked} == {("databases/shop", "main")}


def test_commits_from_now_on_begin_at_the_head(client: Client, scripted: Any) -> None:
    head = commits.ResolveRevisionResponse(commit=commits.Commit(commit_id="head"))
    scripted.answers += [head, [BROKEN], [part("next")]]
    (item,) = islice(client.watch_commits("databases/shop", branch="dev"), 1)
    assert item.commit.commit_id == "next"
    asked = commits.WatchCommitsRequest.FromString(scripted.requests[-1])
    assert (asked.from_commit, asked.branch) == ("head", "dev")
    with pytest.raises(ValueError, match="say where to begin"):
        client.watch_commits("databases/shop", branch="")


def test_what_the_server_refuses_ends_the_watch(client: Client, scripted: Any) -> None:
    scripted.answers += [[Status(code=5, message="no such database")]]
    with pytest.raises(NotFound):
        next(client.watch_commits("databases/gone", after=BEGINNING))


def test_a_break_that_lasts_is_told(client: Client, scripted: Any) -> None:
    scripted.answers += [[BROKEN]] * 4
    with pytest.raises(Unavailable):
        next(client.watch_commits("databases/shop", after=BEGINNING, patience_s=0))


def test_events_go_on_after_what_was_read(client: Client, scripted: Any) -> None:
    stream = streams.GetStreamResponse(stream=streams.Stream(last_sequence=4))
    scripted.answers += [stream, [read(5), read(read_sequence=7), BROKEN], [read(9)]]
    found = list(islice(client.watch_events(), 2))
    assert [event.sequence for event in found] == [5, 9]
    asked = [subscriptions.SubscribeRequest.FromString(r) for r in scripted.requests[1:]]
    assert [r.selection.start.sequence for r in asked] == [5, 8]


def test_runs_are_told_once_each_time_they_change(client: Client, scripted: Any) -> None:
    scripted.answers += [
        [run("a", 1), run("b", 1), run("b", 2, is_done=True), BROKEN],
        [run("a", 1), run("a", 2)],
    ]
    found = [(r.name, r.revision) for r in islice(client.watch_runs(), 4)]
    assert found == [("a", 1), ("b", 1), ("b", 2), ("a", 2)]


async def test_the_asynchronous_client_does_the_same(scripted: Any) -> None:
    async with AsyncClient(scripted.target, token="t", retries=FAST) as client:
        scripted.answers += [[part("a"), BROKEN], [BROKEN], [part("b")]]
        watched = client.watch_commits("databases/shop", after=BEGINNING)
        assert [i.commit.commit_id for i in await first(2, watched)] == ["a", "b"]
        assert commits.WatchCommitsRequest.FromString(scripted.requests[-1]).from_commit == "a"
        stream = streams.GetStreamResponse(stream=streams.Stream(last_sequence=1))
        scripted.answers += [stream, [read(2), BROKEN], [read(3)]]
        assert [e.sequence for e in await first(2, client.watch_events())] == [2, 3]
        scripted.answers += [[run("a", 1), BROKEN], [run("a", 1), run("a", 2)]]
        assert [r.revision for r in await first(2, client.watch_runs())] == [1, 2]
