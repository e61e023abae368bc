"""Branches of graph databases that move, are copied and compacted: checked, and with triples."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import PatchConflict, RebaseConflict, SchemaViolation
from svc_datakernel.adapters.sqlite.store import SqliteKernelStore
from svc_datakernel.domain.graph import documents
from svc_datakernel.domain.graph.requests import Deletion, Graph, Insertion
from svc_datakernel.domain.graph.terms import Pattern
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Commit, Database, DatabaseModel, Revision
from svc_datakernel.domain.versioning import (
    ApplyDraft,
    RebaseDraft,
    RevertDraft,
    SquashDraft,
)

from datakernel_tests.databases import AUTHOR
from datakernel_tests.replication.bundles import bundle, send

GRAPH = "graph"
SCHEMA = [
    {
        "@type": "Class",
        "@id": "Device",
        "@key": {"@type": "Lexical", "@fields": ["serial"]},
        "serial": "xsd:string",
        "room": {"@type": "Optional", "@class": "xsd:string"},
        "watts": {"@type": "Optional", "@class": "xsd:decimal"},
        "tags": {"@type": "Set", "@class": "xsd:string"},
        "next": {"@type": "Optional", "@class": "Device"},
    }
]


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[SqliteKernelStore]:
    """A store with a graph database of one class and one document, and a branch `dev`."""
    store = SqliteKernelStore(tmp_path / "kernel", SystemClock(), readers=2)
    await store.create_database(
        Database(
            GRAPH,
            "",
            "",
            "test",
            0,
            DatabaseModel.GRAPH,
            "http://data.example/",
            "http://schema.example/#",
        ),
        AUTHOR,
    )
    await _insert(store, "main", SCHEMA, graph=Graph.SCHEMA)
    await put(store, "main", {"serial": "a", "watts": 5, "tags": ["x"]})
    await store.create_branch(GRAPH, "dev", Revision())
    yield store
    await store.close()


async def _insert(store: SqliteKernelStore, branch: str, body: Any, **fields: Any) -> Commit:
    insertion = Insertion(json.dumps(body).encode(), **fields)
    done = await store.snapshots.transact(
        GRAPH, branch, TransactionDraft(AUTHOR), lambda view: documents.insert(view, insertion)
    )
    return done.commit


async def put(store: SqliteKernelStore, branch: str, *devices: dict[str, Any]) -> Commit:
    """Writes devices."""
    body = [{"@type": "Device", **device} for device in devices]
    return await _insert(store, branch, body, is_replace=True, create=True)


async def values(store: SqliteKernelStore, revision: Revision, subject: str) -> dict[str, Any]:
    """What the index of triples says of a subject."""

    def read(view: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _, predicate, term in view.triples(Pattern(subject)):
            found.setdefault(predicate, []).append(getattr(term, "lexical", None) or term[0])
        return {key: sorted(each) for key, each in found.items()}

    return await store.snapshots.read(GRAPH, revision, read)


async def assert_sound(store: SqliteKernelStore, database: str = GRAPH) -> None:
    """Checks hashes, indexes and triples."""
    assert (await store.verify(database)).faults == []
    assert await store.check_database(database) == []


async def test_a_rebase_takes_changes_of_different_properties_from_both_sides(
    graph: SqliteKernelStore,
) -> None:
    await put(graph, "dev", {"serial": "a", "watts": 5, "room": "r1", "tags": ["x", "y"]})
    await put(graph, "main", {"serial": "a", "watts": 7, "tags": ["x", "z"]})
    found = await graph.rebase_branch(GRAPH, "dev", RebaseDraft(Revision(), AUTHOR))
    assert len(found.rebased) == 1
    seen = await values(graph, Revision(branch="dev"), "Device/a")
    assert seen["@schema:watts"] == ["7"]
    assert seen["@schema:room"] == ["r1"]
    assert seen["@schema:tags"] == ["x", "y", "z"]
    await assert_sound(graph)


async def test_a_rebase_over_the_same_property_names_commit_and_document(
    graph: SqliteKernelStore,
) -> None:
    mine = await put(graph, "dev", {"serial": "a", "watts": 10, "tags": ["x"]})
    await put(graph, "main", {"serial": "a", "watts": 20, "tags": ["x"]})
    with pytest.raises(RebaseConflict) as caught:
        await graph.rebase_branch(GRAPH, "dev", RebaseDraft(Revision(), AUTHOR))
    assert caught.value.metadata["commit"] == mine.id
    assert caught.value.metadata["api_error"] == "api:RebaseSchemaValidationError"
    assert [each.subject for each in caught.value.preconditions] == ["Device/a"]
    assert (await graph.get_branch(GRAPH, "dev")).head == mine.id


async def test_a_rebase_that_breaks_the_schema_is_refused(graph: SqliteKernelStore) -> None:
    await put(graph, "main", {"serial": "b"})
    await graph.reset_branch(GRAPH, "dev", Revision(), expected_head="")
    await put(graph, "dev", {"serial": "c", "next": "Device/b"})
    deletion = Deletion(["Device/b"])
    await graph.snapshots.transact(
        GRAPH, "main", TransactionDraft(AUTHOR), lambda view: documents.delete(view, deletion)
    )
    with pytest.raises(RebaseConflict) as caught:
        await graph.rebase_branch(GRAPH, "dev", RebaseDraft(Revision(), AUTHOR))
    assert "witnesses" in caught.value.metadata
    await assert_sound(graph)


async def test_a_revert_keeps_what_was_changed_since_elsewhere_in_the_document(
    graph: SqliteKernelStore,
) -> None:
    undone = await put(graph, "main", {"serial": "a", "watts": 6, "tags": ["x"]})
    await put(graph, "main", {"serial": "a", "watts": 6, "room": "r2", "tags": ["x"]})
    await graph.revert_commit(GRAPH, "main", RevertDraft(undone.id, AUTHOR))
    seen = await values(graph, Revision(), "Device/a")
    assert (seen["@schema:watts"], seen["@schema:room"]) == (["5"], ["r2"])
    await put(graph, "main", {"serial": "a", "watts": 9, "tags": ["x"]})
    with pytest.raises(PatchConflict) as caught:
        await graph.revert_commit(GRAPH, "main", RevertDraft(undone.id, AUTHOR))
    (conflict,) = json.loads(caught.value.metadata["conflicts"])
    assert conflict["@id"] == "Device/a"
    assert conflict["watts"]["@op"] == "Conflict"
    await assert_sound(graph)


async def test_a_difference_that_breaks_the_schema_is_not_applied(
    graph: SqliteKernelStore,
) -> None:
    start = await graph.resolve(GRAPH, Revision(branch="dev"))
    await put(graph, "dev", {"serial": "b"})
    before = await graph.resolve(GRAPH, Revision(branch="dev"))
    await put(graph, "dev", {"serial": "c", "next": "Device/b"})
    draft = ApplyDraft(Revision(commit=before.id), Revision(branch="dev"), AUTHOR, True)
    with pytest.raises(SchemaViolation):
        await graph.apply_difference(GRAPH, "main", draft)
    both = ApplyDraft(Revision(commit=start.id), Revision(branch="dev"), AUTHOR, True)
    assert not (await graph.apply_difference(GRAPH, "main", both)).is_unchanged
    assert (await values(graph, Revision(), "Device/c"))["@schema:next"] == ["Device/b"]
    await assert_sound(graph)


async def test_a_copy_has_the_triples_and_the_iris(graph: SqliteKernelStore) -> None:
    await put(graph, "dev", {"serial": "b", "watts": 1.5, "next": "Device/a"})
    await graph.squash_branch(GRAPH, "dev", SquashDraft(AUTHOR, is_moving=True))
    await put(graph, "main", {"serial": "a", "watts": 8})
    await send(graph, "copy", await bundle(graph, GRAPH), is_creating=True)
    copied = await graph.get_database("copy")
    assert copied.model is DatabaseModel.GRAPH
    assert copied.base_iri == "http://data.example/"
    await assert_sound(graph, "copy")
    for branch in ("main", "dev"):
        counts = [
            await graph.snapshots.read(
                name,
                Revision(branch=branch),
                lambda view: view.count_triples(Pattern(), limit=1000),
            )
            for name in (GRAPH, "copy")
        ]
        assert counts[0] == counts[1] > 0


async def test_compaction_removes_triples_that_nobody_reaches(graph: SqliteKernelStore) -> None:
    kept = await graph.resolve(GRAPH, Revision())
    for number in range(5):
        await put(graph, "main", {"serial": "a", "watts": number}, {"serial": f"n{number}"})
        await put(graph, "dev", {"serial": f"d{number}", "next": "Device/a"})
    await graph.reset_branch(GRAPH, "main", Revision(commit=kept.id), expected_head="")
    await graph.delete_branch(GRAPH, "dev", expected_head="")
    assert (await graph.compact(GRAPH, is_dry_run=False)).removed_commits == 10
    await assert_sound(graph)
    assert (await values(graph, Revision(), "Device/a"))["@schema:watts"] == ["5"]
    await put(graph, "main", {"serial": "a", "watts": 6}, {"serial": "n1"})
    await graph.create_branch(GRAPH, "dev", Revision())
    await put(graph, "dev", {"serial": "a", "watts": 7})
    assert (await values(graph, Revision(branch="dev"), "Device/a"))["@schema:watts"] == ["7"]
    assert (await values(graph, Revision(), "Device/a"))["@schema:watts"] == ["6"]
    await assert_sound(graph)


async def test_blame_names_places_as_documents_are_shown(graph: SqliteKernelStore) -> None:
    first = (await graph.list_commits(GRAPH, Revision(), limit=1)).commits[0]
    second = await put(graph, "main", {"serial": "a", "watts": 6, "tags": ["x"]})
    found = {
        each.pointer: each.commit.id for each in await graph.blame(GRAPH, Revision(), "Device/a")
    }
    assert found["/watts"] == second.id
    assert found["/serial"] == first.id
    history = await graph.list_document_history(GRAPH, Revision(), "Device/a", after="", limit=10)
    assert [each.commit.id for each in history.entries] == [second.id, first.id]
