"""Targets that publish events."""

from __future__ import annotations

import json

import pytest
from oms_core.errors import InvalidField
from svc_events.convert import event_from_pb
from svc_scheduler.domain.targets.attempts import AttemptFailed
from svc_scheduler.domain.targets.model import ABSENT, Publication

from .world import FIRE_TIME, RUN

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPE = "com.example.nightly"


async def test_an_event_is_published_under_the_runs_name(world):
    target = Publication("events", TYPE, "shop", {"text": "é", "n": [1, None]})
    assert world.targets.check(target, "job.target") == {"events.events.publish"}
    attempt = world.attempt("events.events.publish", roles=("editor",))
    result = await world.targets.run(target, attempt)
    assert result == {"name": "streams/events/events/7", "sequence": "7"}
    request, metadata = world.seen.requests[-1], world.seen.metadata[-1]
    event = request.event
    assert request.parent == "streams/events"
    assert (event.id, event.source, event.type) == (RUN, "/jobs/nightly", TYPE)
    assert event.attributes["subject"].ce_string == "shop"
    assert event.attributes["omsfence"].ce_string == str(attempt.fencing_token)
    assert event.attributes["time"].ce_timestamp.ToSeconds() == FIRE_TIME.timestamp()
    assert event.attributes["datacontenttype"].ce_string == "application/json"
    assert json.loads(event.text_data) == {"text": "é", "n": [1, None]}
    assert metadata["x-fencing-token"] == str(attempt.fencing_token)
    assert event_from_pb(event).id == RUN, "the event service takes it"


@pytest.mark.parametrize(("data", "text"), [(ABSENT, ""), (None, "null"), (False, "false")])
async def test_no_data_is_not_null(world, data, text):
    target = Publication("events", TYPE, data=data)
    await world.targets.run(target, world.attempt("events.events.publish"))
    event = world.seen.requests[-1].event
    assert event.text_data == text
    assert ("datacontenttype" in event.attributes) is bool(text)
    assert "subject" not in event.attributes


@pytest.mark.parametrize(
    ("target", "field"),
    [
        (Publication("events", "oms.ontology.changed"), "type"),
        (Publication("events", "OMS.mine"), "type"),
        (Publication("events", " padded"), "type"),
        (Publication("events", TYPE, "two\nlines"), "subject"),
        (Publication("Not One", TYPE), "stream"),
        (Publication("events", TYPE, data=float("inf")), "data"),
        (Publication("events", TYPE, data="x" * 300_000), "data"),
    ],
)
async def test_what_can_not_be_published_is_named(world, target, field):
    with pytest.raises(InvalidField) as caught:
        world.targets.check(target, "job.target")
    assert [fault.field for fault in caught.value.fields] == [f"job.target.event.{field}"]


@pytest.mark.parametrize(
    ("stream", "permissions", "code"),
    [("gone", ("events.*",), "NOT_FOUND"), ("events", ("ontology.*",), "PERMISSION_DENIED")],
)
async def test_what_an_error_makes_of_the_attempt(world, stream, permissions, code):
    with pytest.raises(AttemptFailed) as caught:
        await world.targets.run(Publication(stream, TYPE), world.attempt(*permissions))
    assert (caught.value.code, caught.value.is_final) == (code, True)
