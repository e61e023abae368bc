"""Any history, sent in one bundle or in two, is the same where it arrives."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from oms_testing.effort import examples
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import branches, exporting, importing
from svc_datakernel.adapters.sql.importing import Arrived, Import
from svc_datakernel.adapters.sql.verification import verify
from svc_datakernel.domain.model import Database
from svc_datakernel.domain.replication import HistoryPart, ImportTarget

from datakernel_tests.databases import AUTHOR, DATABASE, empty_database
from datakernel_tests.test_history_against_model import World, check_reads
from datakernel_tests.versioning.moving_world import MOVES_PRELUDE, MovingWorld, steps


def _heads(conn: Connection) -> dict[str, str]:
    return {branch.name: branch.head for branch in branches.page(conn, after="", limit=100)}


def _send(source: Connection, target: Connection, *, at_once: int) -> None:
    """Sends what is lacking; branches are moved whatever they were at."""
    expected = _heads(target)
    parts: Sequence[HistoryPart] = list(
        exporting.parts(
            source, Database(DATABASE, "", "", "", 0), wanted=[], have=list(expected.values())
        )
    )
    header = parts[0].header
    assert header is not None
    work = Import(DATABASE, "lease", frozenset(header.branches))
    arrived = [Arrived(part.commit, part.changes) for part in parts[1:] if part.commit]
    for start in range(0, len(arrived), at_once):
        importing.store(target, work, arrived[start : start + at_once], now_us=1)
    heads = {name: head for name, head in expected.items() if name in header.branches}
    goal = ImportTarget(DATABASE, AUTHOR, expected_heads=heads)
    importing.finish(target, work, header, goal, now_us=1)


def _assert_same(world: World, target: Connection) -> None:
    found = _heads(target)
    assert {name: found[name] for name in world.model.heads} == world.model.heads
    kept: set[str] = set()
    for head in world.model.heads.values():
        kept |= world.model.ancestors(head)
    copy = World(target)
    copy.model.commits = {id_: world.model.commits[id_] for id_ in kept}
    check_reads(copy)
    assert verify(target, DATABASE).faults == []


@settings(max_examples=examples(12), deadline=None)
@given(
    first=st.lists(steps, max_size=15),
    second=st.lists(steps, max_size=15),
    at_once=st.sampled_from([1, 3, 100]),
)
def test_any_history_arrives_as_it_was(
    first: list[tuple], second: list[tuple], at_once: int
) -> None:
    with empty_database() as source, empty_database() as target:
        world = MovingWorld(source)
        for step in (*MOVES_PRELUDE, *first):
            world.run(step)
        _send(source, target, at_once=at_once)
        _assert_same(world, target)
        for step in second:
            world.run(step)
        _send(source, target, at_once=at_once)
        _assert_same(world, target)
