"""However the relay ended and whatever was lost meanwhile: each event is in the stream once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest
from nats.js.api import StreamConfig
from svc_events.adapters.jetstream.streams import EventStreams
from svc_events.adapters.relay.kernel_feed import KernelFeed
from svc_events.adapters.relay.prepared import Prepared, prepare
from svc_events.adapters.relay.stream import Overtaken, RelayStream
from svc_events.domain.relay.feed import FeedMove
from svc_events.domain.relay.place import Place
from svc_events.domain.relay.translation import (
    CommitTranslation,
    Style,
    branch_moved,
    database_created,
)
from svc_events.domain.streams import StreamOptions

from .rebuilding import check_branches, check_order
from .world import STREAM, Kept, World, is_commit, operation

STYLE = Style("http://127.0.0.1:8000", 1_000_000)


def stream_of(world: World) -> RelayStream:
    return RelayStream(world.nats, EventStreams(world.nats, StreamOptions()))


async def all_events(world: World, database: str) -> Sequence[Prepared]:
    """What a relay would write for all that there is by now."""
    feed = KernelFeed(world.channel)
    source = (await feed.databases())[database]
    created = database_created(STYLE, source)
    events, reached = [created], created.place
    newest = set((await world.heads(database)).values())
    translation: CommitTranslation | None = None
    async with aclosing(feed.watch(database, "")) as parts:
        async for part in parts:
            if isinstance(part, FeedMove):
                moved = branch_moved(STYLE, source, part, reached)
                events.append(moved)
                reached = moved.place
                continue
            translation = translation or CommitTranslation(STYLE, source, part.commit, reached)
            events += translation.changes(part.changes())
            if part.is_last:
                events.append(translation.end())
                reached, translation = events[-1].place, None
                newest.discard(part.commit.id)
                if not newest:
                    break
    return [prepare(each, database) for each in events]


async def rows(world: World, statement: str, *values: Any) -> list[Any]:
    async with world.schema.connection() as connection:
        cursor = await connection.execute(statement.encode(), values)
        return await cursor.fetchall() if cursor.description else []


async def relayed_once(world: World, database: str = "brick") -> list[Kept]:
    """Relays until everything is there; what the stream has then."""
    last = await world.commit(database, last=b"{}")
    async with world.relaying():
        await world.until_relayed(database, last.commit_id)
        # A second look would find what comes twice.
        again = await world.commit(database, last=b'{"again":1}')
        events = await world.until_relayed(database, again.commit_id)
    await check_branches(world, database, events)
    return events


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4, 5, 6])
async def test_it_goes_on_between_two_events_of_a_commit(world: World, cut: int) -> None:
    await world.create("brick")
    await world.commit("brick", a=b"{}", b=b"{}", c=b"{}", d=b"{}")
    events = await all_events(world, "brick")
    assert len(events) == 7
    stream = stream_of(world)
    await stream.state()
    if cut:
        await stream.write("brick", events[:cut], after=0, is_atomic=False)
    found = await relayed_once(world)
    assert [each.event.id for each in found[:7]] == [_id(each) for each in events]


def _id(prepared: Prepared) -> str:
    return prepared.headers["Nats-Msg-Id"].rpartition("@")[0]


@pytest.mark.parametrize("lost", ["all", "newest", "commits"])
async def test_what_postgresql_lost_is_found_in_the_stream(world: World, lost: str) -> None:
    # No duplicate window to speak of, so that nothing else keeps events from coming twice.
    await (await world.nats.jetstream()).add_stream(
        StreamConfig(
            name=STREAM, subjects=["oms.ev.events.>"], duplicate_window=0.1, allow_atomic=True
        )
    )
    await world.create("brick")
    made = [await world.commit("brick", x=f'{{"n":{n}}}'.encode()) for n in range(3)]
    first = await relayed_once(world)
    before = {
        each.commit_id: await world.positions.sequence_of_commit(each.commit_id) for each in made
    }
    if lost == "newest":
        place = first[4]
        await rows(
            world,
            "UPDATE relay_positions SET place = %s, stream_sequence = %s",
            place.place.encode(),
            place.sequence,
        )
        await rows(world, "DELETE FROM relayed_commits WHERE first_sequence > %s", place.sequence)
    elif lost == "all":
        await rows(world, "DELETE FROM relay_positions")
        await rows(world, "DELETE FROM relayed_commits")
    else:
        await rows(world, "DELETE FROM relay_positions")
    second = await relayed_once(world)
    assert second[: len(first)] == first
    for commit, span in before.items():
        assert span is not None
        assert await world.positions.sequence_of_commit(commit) == span
        in_span = [each for each in second if span.first <= each.sequence <= (span.last or 0)]
        assert {each.event.extensions["commitid"] for each in in_span} == {commit}
        assert is_commit(in_span[-1])


async def test_events_that_are_not_kept_any_more_are_not_relayed_again(world: World) -> None:
    await world.create("brick")
    first = await relayed_once(world)
    await (await world.nats.jetstream()).purge_stream(STREAM)
    last = await world.commit("brick", more=b"{}")
    async with world.relaying():
        events = await world.until_relayed("brick", last.commit_id)
    assert [each.event.type for each in events] == [
        "oms.datakernel.document.created.v1",
        "oms.datakernel.commit.created.v1",
    ]
    assert events[0].sequence > first[-1].sequence
    assert await world.positions.sequence_of_commit(first[-1].place.commit) is not None


@pytest.mark.parametrize("count", [1, 12])
async def test_events_that_are_not_kept_and_not_noted_are_known_by_their_ids(
    world: World, count: int
) -> None:
    await world.create("brick")
    first = await relayed_once(world)
    place = first[0]
    await rows(
        world,
        "UPDATE relay_positions SET place = %s, stream_sequence = %s",
        place.place.encode(),
        place.sequence,
    )
    await (await world.nats.jetstream()).purge_stream(STREAM)
    last = await world.commit("brick", **{f"x{n}": b"{}" for n in range(count)})
    async with world.relaying():
        events = await world.until_relayed("brick", last.commit_id)
    assert {each.place.commit for each in events} == {last.commit_id}
    assert len(events) == count + 1


async def test_a_stream_that_was_made_anew_gets_everything_again(world: World) -> None:
    await world.create("brick")
    first = await relayed_once(world)
    await (await world.nats.jetstream()).delete_stream(STREAM)
    second = await relayed_once(world)
    assert [each.event.id for each in second[: len(first)]] == [each.event.id for each in first]
    span = await world.positions.sequence_of_commit(first[-1].place.commit)
    assert span is not None
    assert span.last == second[len(first) - 1].sequence


async def test_a_large_commit_is_relayed_in_parts_and_resumed_inside(world: World) -> None:
    await world.create("brick")
    large = await world.apply(
        "brick", "main", [operation(f"Note/{n:04}", b'{"a":"b"}') for n in range(1_234)]
    )
    events = await all_events(world, "brick")
    stream = stream_of(world)
    state = await stream.state()
    assert state.is_atomic
    _, last = await stream.write("brick", events[:500], after=0, is_atomic=True)
    await stream.write("brick", events[500:777], after=last, is_atomic=True)
    found = await relayed_once(world)
    assert [each.event.id for each in found[: len(events)]] == [_id(each) for each in events]
    of_large = [each for each in found if each.place.commit == large.commit_id]
    assert len(of_large) == 1_235
    assert of_large[-1].data["changes"] == {"created": 1_234, "updated": 0, "deleted": 0}


async def test_a_document_too_large_for_a_message_is_named(world: World) -> None:
    await (await world.nats.jetstream()).add_stream(
        StreamConfig(
            name=STREAM, subjects=["oms.ev.events.>"], max_msg_size=1_048_576, allow_atomic=True
        )
    )
    await world.create("plants")
    content = b'{"a":"' + b"x" * 1_500_000 + b'"}'
    large = await world.commit("plants", tree=content)
    async with world.relaying():
        events = await world.until_relayed("plants", large.commit_id)
    (event,) = (
        each for each in events if each.event.subject == "databases/plants/documents/Note/tree"
    )
    assert event.data["omitted"] == ["after"]
    assert event.event.extensions["dataref"] == (
        f"/v1/databases/plants/documents/Note/tree?revision.commit={large.commit_id}"
    )
    assert (await world.contents("plants", large.commit_id))["Note/tree"] == content


async def test_a_database_made_again_under_its_name_begins_anew(world: World) -> None:
    await world.create("brick", kind="ontology")
    await world.commit("brick", old=b"{}")
    async with world.relaying():
        await world.until_relayed("brick", await world.head("brick"))
        await world.delete("brick")
        await world.create("brick")
        last = await world.commit("brick", new=b"{}")
        events = await world.until_relayed("brick", last.commit_id)
    check_order(each for each in events if each.place.incarnation != events[0].place.incarnation)
    types = [each.event.type for each in events]
    middle = types.index("oms.ontology.deleted.v1")
    assert types[middle + 1] == "oms.datakernel.database.created.v1"
    assert types.count("oms.ontology.created.v1") == 1
    await check_branches(world, "brick", events[middle + 1 :])


async def test_the_end_of_a_database_is_told_once_even_if_nobody_relayed(world: World) -> None:
    await world.create("brick")
    first = await relayed_once(world)
    await world.delete("brick")
    for _ in range(2):
        async with world.relaying():
            events = await world.until(lambda events: len(events) > len(first), "brick")
            await world.create(f"other{_}")
            await world.until(bool, f"other{_}")
    events = await world.events("brick")
    assert [each.event.type for each in events[len(first) :]] == [
        "oms.datakernel.database.deleted.v1"
    ]


@pytest.mark.parametrize("is_partial", [False, True])
async def test_compaction_of_the_last_relayed_commit_is_survived(
    world: World, is_partial: bool
) -> None:
    await world.create("brick")
    await world.branch("brick", "dev")
    await world.commit("brick", a=b"{}")
    gone = await world.commit("brick", "dev", b=b"{}", c=b"{}")
    events = await all_events(world, "brick")
    stream = stream_of(world)
    await stream.state()
    end = len(events) - 1 if is_partial else len(events)
    await stream.write("brick", events[:end], after=0, is_atomic=False)
    await world.branches.DeleteBranch(_branch("dev"))
    await world.compact("brick")
    assert not await KernelFeed(world.channel).has_commit("brick", gone.commit_id)
    last = await world.commit("brick", d=b"{}")
    async with world.relaying():
        found = await world.until_relayed("brick", last.commit_id)
    check_order(found)
    # Of a commit that is gone before it was relayed whole there is no more to tell.
    assert [each.event.id for each in found[:end]] == [_id(each) for each in events[:end]]
    rest = found[end:]
    assert rest[0].event.type == "oms.datakernel.branch.deleted.v1"
    assert [each.place.commit for each in rest[1:]] == [last.commit_id] * 2


def _branch(name: str) -> Any:
    from oms.datakernel.v1 import branch_service_pb2

    return branch_service_pb2.DeleteBranchRequest(name=f"databases/brick/branches/{name}")


@pytest.mark.parametrize("count", [1, 9])
async def test_who_was_overtaken_writes_nothing(world: World, count: int) -> None:
    await world.create("brick")
    events = [
        prepare(relayed, "brick")
        for relayed in [
            database_created(STYLE, (await KernelFeed(world.channel).databases())["brick"])
        ]
        * (2 * count)
    ]
    events = [
        Prepared(
            each.subject, {**each.headers, "Nats-Msg-Id": str(n)}, each.payload, each.place, (0, 0)
        )
        for n, each in enumerate(events)
    ]
    stream = stream_of(world)
    await stream.state()
    positions, _ = await stream.write("brick", events[:count], after=0, is_atomic=True)
    assert positions == list(range(1, count + 1))
    for after in (0, count - 1, count + 1):
        with pytest.raises(Overtaken):
            await stream.write("brick", events[count:], after=after, is_atomic=True)
    assert len(await world.events("brick")) == count
    # Another database's events in between are nobody's business.
    other = prepare(
        database_created(STYLE, (await KernelFeed(world.channel).databases())["brick"]),
        "other",
    )
    await stream.write("other", [other], after=0, is_atomic=True)
    await stream.write("brick", events[count:], after=count, is_atomic=True)
    assert len(await world.events("brick")) == 2 * count


async def test_a_commit_that_was_not_relayed_has_no_place(world: World) -> None:
    root = await world.create("brick")
    assert await world.positions.sequence_of_commit(root) is None
    assert Place("x").watch_from == ""
