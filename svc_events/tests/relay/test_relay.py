"""Commits become events in the stream."""

from __future__ import annotations

from .rebuilding import check_branches
from .world import World


async def test_what_was_committed_before_and_after_the_start_is_relayed(world: World) -> None:
    await world.create("brick", kind="ontology")
    await world.commit("brick", zone=b'{"n":1.00}', gone=b"{}")
    async with world.relaying():
        await world.create("plants")
        await world.commit("plants", rose=b'{"height":9007199254740993}')
        last = await world.commit("brick", zone=b'{"n":1.0}', gone=None)
        events = await world.until_relayed("brick", last.commit_id)
        await check_branches(world, "brick", events)
        assert [each.event.type for each in events] == [
            "oms.ontology.created.v1",
            "oms.ontology.commit.created.v1",
            "oms.datakernel.document.created.v1",
            "oms.datakernel.document.created.v1",
            "oms.ontology.commit.created.v1",
            "oms.datakernel.document.deleted.v1",
            "oms.datakernel.document.updated.v1",
            "oms.ontology.commit.created.v1",
        ]
        plants = await world.until_relayed("plants", await world.head("plants"))
        await check_branches(world, "plants", plants)
