"""What things cost, in steps of SQLite's virtual machine: never the size of the graph."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection
from svc_datakernel.adapters.sql import (
    ancestry,
    branches,
    commits,
    comparing,
    documents,
    log,
    merging,
    positions,
)
from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.merging import MergeDraft
from svc_datakernel.domain.model import Commit, Revision

from datakernel_tests.databases import AUTHOR, commit, cost_of, empty_database, upsert

_COMMITS = 10_000


@pytest.fixture(scope="module")
def long_history() -> Iterator[tuple[Connection, list[Commit]]]:
    """10,000 commits; each changes one busy document and adds one of its own."""
    with empty_database() as conn:
        made = [commit(conn, *(upsert(f"Thing/a{n}") for n in range(100)))]
        for number in range(_COMMITS):
            json = b'{"n":%d}' % number
            made.append(commit(conn, upsert("Thing/busy", json), upsert(f"Thing/{number:05}")))
        yield conn, made


def _get(conn: Connection, revision: Revision) -> None:
    found = documents.get_batch(conn, revision, ["Thing/busy", "Thing/a7"], show_deleted=False)
    assert len(found.documents) == 2


def _page(conn: Connection, revision: Revision, types: list[str]) -> None:
    found = documents.page(conn, revision, types=types, after="", limit=100, show_deleted=False)
    assert len(found.documents) == 100


@pytest.mark.parametrize("index", [100, 5_000, 9_999])
def test_a_read_as_of_any_commit_costs_at_most_twice_one_at_the_head(
    long_history: tuple[Connection, list[Commit]], index: int
) -> None:
    conn, made = long_history
    then = Revision(commit=made[index].id)
    for read in (_get, partial(_page, types=[]), partial(_page, types=["Thing"])):
        at_head = cost_of(conn, partial(read, conn, Revision()))
        assert cost_of(conn, partial(read, conn, then)) < 2 * at_head


def test_a_read_by_time_costs_at_most_twice_one_at_the_head() -> None:
    with empty_database() as conn:
        for number in range(500):
            commit(
                conn, upsert("Thing/busy", b"%d" % number and b'{"n":%d}' % number), now_us=number
            )
            commit(conn, upsert("Thing/a7"))
        read = partial(documents.get_batch, conn, document_ids=["Thing/a7"], show_deleted=False)
        at_head = cost_of(conn, lambda: read(revision=Revision()))
        assert cost_of(conn, lambda: read(revision=Revision(time_us=20))) < 2 * at_head


def test_a_commit_costs_its_changes(long_history: tuple[Connection, list[Commit]]) -> None:
    conn, _ = long_history
    with empty_database() as small:
        commit(small, upsert("Thing/busy", b'{"n":0}'))
        one = cost_of(small, lambda: commit(small, upsert("Thing/busy", b'{"n":-1}')))
    assert cost_of(conn, lambda: commit(conn, upsert("Thing/busy", b'{"n":-1}'))) < 2 * one


def test_a_branch_costs_the_same_at_any_size(
    long_history: tuple[Connection, list[Commit]],
) -> None:
    conn, made = long_history
    with empty_database() as small:
        one = cost_of(small, lambda: branches.create(small, "dev", Revision(), now_us=1))
    many = cost_of(conn, lambda: branches.create(conn, "dev", Revision(), now_us=1))
    old = Revision(commit=made[50].id)
    older = cost_of(conn, lambda: branches.create(conn, "old", old, now_us=1))
    assert abs(many - one) < 10
    assert abs(older - one) < 10


def _differences(conn: Connection, base: Commit, target: Commit) -> int:
    def compare() -> None:
        comparing.compare(
            conn,
            comparing.ComparisonCache(),
            Revision(commit=base.id),
            Revision(commit=target.id),
            types=[],
            with_documents=False,
            after="",
            limit=100,
        )

    return cost_of(conn, compare)


def test_a_difference_costs_the_changes_between_its_ends(
    long_history: tuple[Connection, list[Commit]],
) -> None:
    conn, made = long_history
    near = _differences(conn, made[0], made[10])
    assert _differences(conn, made[9_000], made[9_010]) < 1.5 * near
    assert _differences(conn, made[9_010], made[9_000]) < 1.5 * near
    assert 5 * near < _differences(conn, made[0], made[100]) < 15 * near


def test_a_merge_costs_what_its_source_changed(
    long_history: tuple[Connection, list[Commit]],
) -> None:
    conn, made = long_history
    branches.create(conn, "feature", Revision(commit=made[9_000].id), now_us=1)
    commit(conn, upsert("Thing/feature"), branch="feature")
    draft = MergeDraft(Revision(branch="feature"), AUTHOR)
    with empty_database() as small:
        branches.create(small, "feature", Revision(), now_us=1)
        commit(small, upsert("Thing/feature"), branch="feature")
        one = cost_of(small, lambda: merging.preview(small, "main", draft))
    assert cost_of(conn, lambda: merging.preview(conn, "main", draft)) < 2 * one


def test_a_merge_base_costs_the_merges_since() -> None:
    def merge_base(conn: Connection) -> int:
        main, dev = positions.at_branch(conn, "main"), positions.at_branch(conn, "dev")
        return cost_of(conn, lambda: ancestry.merge_base(conn, dev, main))

    with empty_database() as conn:
        branches.create(conn, "dev", Revision(), now_us=1)
        costs: list[int] = []
        for number in range(40):
            commit(conn, upsert(f"Thing/{number}"), branch="dev")
            merging.merge(conn, "db", "main", MergeDraft(Revision(branch="dev"), AUTHOR), now_us=1)
            commit(conn, upsert(f"Thing/main{number}"))
            commit(conn, upsert(f"Thing/dev{number}"), branch="dev")
            costs.append(merge_base(conn))
    assert costs[-1] < 1.5 * costs[1]


def test_reading_through_fifty_branches_costs_a_seek_for_each() -> None:
    with empty_database() as conn:
        commit(conn, *(upsert(f"Thing/a{n}") for n in range(100)), upsert("Thing/busy"))
        flat = cost_of(conn, partial(_page, conn, Revision(), []))
        source = "main"
        for depth in range(50):
            branches.create(conn, f"b{depth}", Revision(branch=source), now_us=1)
            source = f"b{depth}"
            commit(conn, upsert("Thing/busy", b'{"n":%d}' % depth), branch=source)
        deep = cost_of(conn, partial(_page, conn, Revision(branch=source), []))
        assert deep < 15 * flat
        newest = partial(documents.get_batch, conn, Revision(branch=source), ["Thing/busy"])
        found = newest(show_deleted=False)
        assert found.documents[0].json == b'{"n":49}'


def test_no_statement_scans_or_sorts_what_grows() -> None:
    with empty_database() as conn:
        statements: list[str] = []
        driver: Any = conn.connection.dbapi_connection
        driver.set_trace_callback(statements.append)
        _use_everything(conn)
        driver.set_trace_callback(None)
        selects = {each for each in statements if each.startswith("SELECT")}
        assert len(selects) > 20
        for select in selects:
            steps = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {select}")]
            bad = [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN ")]
            assert [step for step in bad if step != "SCAN CONSTANT ROW"] == [], select


def _use_everything(conn: Connection) -> None:
    first = commit(conn, upsert("Thing/x"), upsert("Thing/y"), request_id="r", now_us=5)
    branches.create(conn, "dev", Revision(), now_us=6)
    commit(conn, upsert("Thing/x", b'{"n":1}'), branch="dev", now_us=7)
    commit(conn, upsert("Thing/z"), now_us=7)
    draft = MergeDraft(Revision(branch="dev"), AUTHOR)
    merging.preview(conn, "main", draft)
    merging.merge(conn, "db", "main", draft, now_us=8)
    commit(conn, upsert("Thing/x", b'{"n":2}'), branch="dev", now_us=9)
    merging.preview(conn, "main", draft)
    branches.page(conn, after="", limit=5)
    for branch in ("main", "dev"):
        revision = Revision(branch=branch)
        for types in ([], ["Thing"], ["Thing", "Other"]):
            documents.page(conn, revision, types=types, after="", limit=5, show_deleted=False)
        template = Template(b'{"n":"1"}')
        documents.query(conn, revision, type_="Thing", template=template, after="", limit=5)
        documents.get_batch(conn, revision, ["Thing/x"], show_deleted=True)
        documents.get_batch(conn, Revision(branch, time_us=6), ["Thing/x"], show_deleted=True)
        commits.first_parents(conn, revision, 10)
        commits.log(conn, after=0, branch=branch, limit=10)
    commits.log(conn, after=0, branch="", limit=10)
    commits.find(conn, "r")
    commits.last_sequence(conn)
    log.read_changes(conn, first, start=0, limit=5, with_documents=True)
    _differences(conn, first, commits.resolve(conn, Revision(branch="dev")))
