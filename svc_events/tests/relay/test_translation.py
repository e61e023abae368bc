"""Commits as events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from svc_events.domain.events import Timestamp, from_json, to_json
from svc_events.domain.relay.feed import FeedChange, FeedCommit, FeedMove, SourceDatabase
from svc_events.domain.relay.place import Place
from svc_events.domain.relay.translation import (
    CommitTranslation,
    Relayed,
    Style,
    branch_moved,
    database_created,
    database_deleted,
    message_id,
)

from .examples import BRICK, PLANTS, STYLE, change, commit, documents, write

START = Place(BRICK.incarnation)


def translated(
    database: SourceDatabase,
    made: FeedCommit,
    changes: Sequence[FeedChange],
    reached: Place = START,
    style: Style = STYLE,
) -> list[Relayed]:
    translation = CommitTranslation(style, database, made, reached)
    return [*translation.changes(changes), translation.end()]


def data_of(relayed: Relayed) -> dict[str, Any]:
    assert relayed.event.data is not None
    return json.loads(relayed.event.data.content)


def test_a_commit_of_an_ontology_is_an_event_for_each_element_and_one_for_itself() -> None:
    changes = [
        change("Interface/Located", before=None),
        change("LinkType/feeds", after=None),
        change("ObjectType/Zone"),
        change("Ontology/header"),
        change("Note/1"),
    ]
    events = [each.event for each in translated(BRICK, commit(count=5), changes)]
    assert [(event.type, event.subject) for event in events] == [
        ("oms.ontology.interface.created.v1", "ontologies/brick/interfaces/Located"),
        ("oms.ontology.link_type.deleted.v1", "ontologies/brick/linkTypes/feeds"),
        ("oms.ontology.object_type.updated.v1", "ontologies/brick/objectTypes/Zone"),
        ("oms.ontology.header.updated.v1", "ontologies/brick"),
        ("oms.datakernel.document.updated.v1", "databases/brick/documents/Note/1"),
        ("oms.ontology.commit.created.v1", f"ontologies/brick/commits/{7:064x}"),
    ]
    assert {event.source for event in events} == {"/ontologies/brick/branches/main"}
    assert [event.id for event in events] == [f"{7:064x}:{index}" for index in range(6)]
    assert {str(event.time) for event in events} == {"2026-02-01T08:00:00.000123Z"}
    assert events[2].extensions == {
        "partitionkey": "ontologies/brick/branches/main",
        "sequence": "00000000000000000007.000002",
        "commitid": f"{7:064x}",
        "omsindex": 2,
        "omscount": 6,
    }
    assert events[2].dataschema == (
        "http://oms.example/v1/eventTypes/oms.ontology.object_type.updated.v1/schema"
    )


def test_objects_and_links_are_told_as_such() -> None:
    old, new = '{"type":"Zone","id":"a","values":{"x":1}}', '{"type":"Zone","id":"a","values":{}}'
    link = f"Link/feeds/{'6a' * 16}"
    changes = [change("Object/Zone/a", before=old, after=new), change(link, after=None)]
    updated, deleted, _ = translated(BRICK, commit(count=2), changes)
    assert [(each.event.type, each.event.subject) for each in (updated, deleted)] == [
        ("oms.object.object.updated.v1", "ontologies/brick/objectTypes/Zone/objects/a"),
        ("oms.object.link.deleted.v1", f"ontologies/brick/linkTypes/feeds/links/{'6a' * 16}"),
    ]
    data = data_of(updated)
    assert (data["before"], data["after"]) == (json.loads(old), json.loads(new))
    assert data["diff"] == [{"path": "/values/x", "op": "remove", "before": 1}]
    # Where each is read that is too large: a link has no path of its own.
    small = replace(STYLE, max_data_bytes=10)
    references = [
        str(each.event.extensions["dataref"]).partition("?")[0]
        for each in translated(BRICK, commit(count=2), changes, style=small)[:2]
    ]
    assert references == [
        "/v1/ontologies/brick/objectTypes/Zone/objects/a",
        f"/v1/databases/brick/documents/{link}",
    ]


def test_documents_of_other_databases_are_told_as_documents() -> None:
    events = [each.event for each in translated(PLANTS, commit(), [change("ObjectType/Zone")])]
    assert [event.type for event in events] == [
        "oms.datakernel.document.updated.v1",
        "oms.datakernel.commit.created.v1",
    ]
    assert events[0].subject == "databases/plants/documents/ObjectType/Zone"
    assert events[0].source == "/databases/plants/branches/main"


def test_the_data_says_what_changed_and_who_did_it() -> None:
    (event, whole) = translated(BRICK, commit(), [change(after='{"a":2}')])
    assert data_of(event) == {
        "name": "ontologies/brick/objectTypes/Zone",
        "change": "updated",
        "branch": "ontologies/brick/branches/main",
        "commit": {
            "id": f"{7:064x}",
            "parents": [f"{6:064x}"],
            "author": "alice.smith (alice123)|verified|ts:2026-02-01T08:00:00Z",
            "message": "Add zones",
            "time": "2026-02-01T08:00:00.000123Z",
            "sequence": 7,
            "change_count": 1,
        },
        "document": {
            "name": "databases/brick/documents/ObjectType/Zone",
            "type": "ObjectType",
            "before_etag": "b" * 32,
            "after_etag": "a" * 32,
        },
        "before": {"a": 1},
        "after": {"a": 2},
        "diff": [{"path": "/a", "op": "replace", "before": 1, "after": 2}],
        "omitted": [],
    }
    assert data_of(whole)["changes"] == {"created": 0, "updated": 1, "deleted": 0}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(documents, documents)
def test_contents_are_pasted_in_byte_for_byte(before: Any, after: Any) -> None:
    old, new = write(before), write(after)
    (event, _) = translated(BRICK, commit(), [change(before=old, after=new)])
    assert event.event.data is not None
    text = event.event.data.content.decode()
    assert f'"before":{old},"after":{new},"diff":' in text
    assert from_json(to_json(event.event)) == event.event


@given(
    st.lists(st.sampled_from(["ObjectType/", "Interface/", "Note/"]), min_size=1, max_size=6),
    st.integers(0, 6),
)
def test_a_resumed_translation_says_exactly_the_rest(kinds: list[str], reached: int) -> None:
    changes = [change(f"{kind}{number}") for number, kind in enumerate(kinds)]
    made = commit(count=len(changes))
    before = Place(BRICK.incarnation, commit=f"{6:064x}", sequence=6, move=3)
    everything = translated(BRICK, made, changes, before)
    assert everything == translated(BRICK, made, changes, before)
    at = min(reached, len(everything) - 1)
    place = everything[at].place
    assert Place.decode(place.encode()) == place
    if place.is_whole:
        assert (place.watch_from, place.skipped) == (made.id, 0)
    else:
        assert place.watch_from == before.commit
        assert translated(BRICK, made, changes, place) == everything[at + 1 :]


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_sequences_are_in_the_order_of_the_feed(sizes: list[int]) -> None:
    told: list[Any] = []
    reached = START
    for number, size in enumerate(sizes):
        changes = [change(f"Note/{index}") for index in range(size)]
        events = translated(BRICK, commit(number + 1, size), changes, reached)
        reached = events[-1].place
        moved = branch_moved(
            STYLE, BRICK, FeedMove(number + 1, "dev", "", "f" * 64, BRICK.create_time), reached
        )
        reached = moved.place
        told += [each.event.extensions["sequence"] for each in [*events, moved]]
    assert all(one < other for one, other in pairwise(told))


@pytest.mark.parametrize("size", [700, 3_000, 20_000])
def test_what_is_too_large_is_left_out_and_said_where_to_read(size: int) -> None:
    style = replace(STYLE, max_data_bytes=2_000)
    large = change(before="{}", after=f'{{"a":"{"x" * size}"}}')
    (event, _) = translated(BRICK, commit(), [large], style=style)
    data = data_of(event)
    assert event.event.data is not None
    assert len(event.event.data.content) <= 2_000
    assert data["omitted"] == (["before", "after"] if size == 700 else ["before", "after", "diff"])
    assert not data.keys() & set(data["omitted"])
    assert event.event.extensions["dataref"] == (
        f"/v1/ontologies/brick/objectTypes/Zone?revision.commit={7:064x}"
    )
    assert data["document"]["after_etag"] == "a" * 32


def test_a_deleted_document_is_read_as_of_the_commit_before() -> None:
    style = replace(STYLE, max_data_bytes=800)
    gone = change("Ä b/ü", before=f'{{"a":"{"x" * 2_000}"}}', after=None)
    (event, _) = translated(PLANTS, commit(), [gone], style=style)
    assert event.event.extensions["dataref"] == (
        f"/v1/databases/plants/documents/%C3%84%20b/%C3%BC?revision.commit={6:064x}"
    )
    assert data_of(event)["omitted"] == ["before"]


def test_a_message_that_is_too_large_is_left_out_last() -> None:
    style = replace(STYLE, max_data_bytes=2_000)
    made = commit(message="m" * 9_000)
    (event, whole) = translated(BRICK, made, [change()], style=style)
    assert data_of(event)["omitted"] == ["before", "after", "diff", "commit.message"]
    assert data_of(whole)["omitted"] == ["commit.message"]


def test_ids_that_no_attribute_may_hold_are_told_all_the_same() -> None:
    awkward = ["Note/\x85", "Note/\ufffe", "Note/" + "\U0001f331" * 500, "Note/" + "\x85" * 500]
    events = translated(PLANTS, commit(count=4), [change(each) for each in awkward])
    assert events[0].event.subject == "databases/plants/documents/Note/%C2%85"
    for document_id, relayed in zip(awkward, events, strict=False):
        assert data_of(relayed)["document"]["name"] == f"databases/plants/documents/{document_id}"


def test_a_database_begins_and_ends() -> None:
    created = database_created(STYLE, BRICK)
    assert (created.event.type, created.event.source) == (
        "oms.ontology.created.v1",
        "/ontologies/brick",
    )
    assert created.event.id == "created:2026-01-31T12:00:00Z"
    assert (created.place.watch_from, created.place.skipped) == ("", 0)
    reached = translated(BRICK, commit(), [change()])[-1].place
    noticed = Timestamp("2026-03-01T00:00:00Z")
    deleted = database_deleted(STYLE, PLANTS, reached, noticed=noticed)
    assert deleted.event.type == "oms.datakernel.database.deleted.v1"
    assert deleted.event.time == noticed
    assert deleted.place.is_deleted
    assert deleted.place.watch_from == f"{7:064x}"


@pytest.mark.parametrize(
    ("old", "new", "verb"), [("", "a", "created"), ("a", "b", "moved"), ("a", "", "deleted")]
)
def test_a_branch_that_moved_is_told(old: str, new: str, verb: str) -> None:
    move = FeedMove(4, "dev", old, new, BRICK.create_time)
    told = branch_moved(STYLE, BRICK, move, replace(START, sequence=9))
    assert told.event.type == f"oms.ontology.branch.{verb}.v1"
    assert told.event.extensions["partitionkey"] == "ontologies/brick/branches/dev"
    assert told.place == replace(START, sequence=9, move=4, event="move")
    heads = {"old_head": old} if old else {}
    heads |= {"new_head": new} if new else {}
    assert data_of(told) == {"name": "ontologies/brick/branches/dev"} | heads


def test_copies_of_a_database_have_messages_of_their_own() -> None:
    (event, _) = translated(BRICK, commit(), [change()])
    assert message_id(event, "brick") != message_id(event, "copy")


@pytest.mark.parametrize("text", ["", "x", "[]", "null", '{"x":1}'])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Place.decode(text)
