"""A consumer that starts from nothing and applies the events has what the kernel has."""

from __future__ import annotations

import json

import pytest
from svc_events.domain.relay.diff import DiffOp, FieldDiff
from svc_events.domain.relay.slices import items, members

from .examples import parse
from .histories import RandomHistory
from .rebuilding import check_branches
from .test_diff import applied
from .world import World

_STEPS = 45


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_branch_is_rebuilt_byte_for_byte(world: World, seed: int) -> None:
    kind = "ontology" if seed % 2 else ""
    await world.create("brick", kind)
    history = RandomHistory(world, "brick", seed)
    for _ in range(_STEPS // 2):
        await history.step()
    async with world.relaying():
        for _ in range(_STEPS // 2):
            await history.step()
        last = await world.commit("brick", last=b"{}")
        events = await world.until_relayed("brick", last.commit_id)
    await check_branches(world, "brick", events)
    assert len({each.event.source for each in events if each.place.is_of_commit}) > 1
    assert "branch" in {each.event.type.split(".")[2] for each in events}
    kinds = {each.event.type.split(".")[2] for each in events}
    assert kinds >= ({"object_type", "link_type"} if kind else {"document"})
    for each in events:
        assert each.event.type.rsplit(".", 2)[1] in ("created", "updated", "deleted", "moved")
        if "diff" in each.data:
            _check_diff(each.event.data.content.decode() if each.event.data else "")


def _check_diff(text: str) -> None:
    """The diff of an event turns what was before into what is after."""
    data = members(text)
    assert data is not None
    entries = [members(entry) or {} for entry in items(data["diff"]) or []]
    found = [
        FieldDiff(
            json.loads(entry["path"]),
            DiffOp(json.loads(entry["op"])),
            entry.get("before"),
            entry.get("after"),
        )
        for entry in entries
    ]
    assert found
    assert applied(found, parse(data["before"])) == parse(data["after"])
