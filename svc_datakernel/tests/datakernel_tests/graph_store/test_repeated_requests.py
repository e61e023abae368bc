"""A request sent again under its `request_id` is answered as it was the first time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from oms_core.errors import ResourceNotFound
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.domain.graph.embedded import EmbeddedGraphStore
from svc_datakernel.domain.graph.requests import (
    Deletion,
    Graph,
    Insertion,
    Migration,
    WoqlRequest,
)
from svc_datakernel.domain.graph.store import Source, Target
from svc_datakernel.domain.graph.terms import DEFAULT_BASE_IRI, DEFAULT_SCHEMA_IRI
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Revision
from svc_datakernel.domain.versioning import RebaseDraft, SquashDraft

from datakernel_tests.databases import AUTHOR
from datakernel_tests.graph_store.graphs import GRAPH

_NOTES = "notes"
_TARGET = Target(_NOTES, "main")
_NOTE = {
    "@type": "Class",
    "@id": "Note",
    "@key": {"@type": "Random"},
    "text": "xsd:string",
    "re": {"@type": "Optional", "@class": "Note"},
}


def _draft(request_id: str, **fields: Any) -> TransactionDraft:
    return TransactionDraft(AUTHOR, request_id=request_id, fingerprint=b"1", **fields)


def _body(*documents: Any) -> bytes:
    return json.dumps(documents).encode()


def _note(text: str, **members: Any) -> dict[str, Any]:
    return {"@type": "Note", "text": text, **members}


async def _graph(store: SqlKernelStore) -> EmbeddedGraphStore:
    graph = EmbeddedGraphStore(store.snapshots, store)
    iris = {"base_iri": DEFAULT_BASE_IRI, "schema_iri": DEFAULT_SCHEMA_IRI}
    await store.create_database(replace(GRAPH, id=_NOTES, **iris), AUTHOR)
    await graph.write(_TARGET, TransactionDraft(AUTHOR), Insertion(_body(_NOTE), Graph.SCHEMA))
    return graph


async def test_random_ids_are_answered_again_in_their_order(graph_store: SqlKernelStore) -> None:
    graph = await _graph(graph_store)
    insertion = Insertion(_body(*(_note(text, re=_note("inner")) for text in "cab")))
    first = await graph.write(_TARGET, _draft("r"), insertion)
    await graph.write(_TARGET, _draft("other"), Insertion(_body(_note("later"))))
    again = await graph.write(_TARGET, _draft("r"), insertion)
    assert first.answer is not None
    assert len(first.answer.ids) == 3
    assert again.answer == first.answer
    assert (again.commit, again.is_repeated, first.is_repeated) == (first.commit, True, False)


async def test_a_request_that_changed_nothing_is_answered_again(
    graph_store: SqlKernelStore,
) -> None:
    graph = await _graph(graph_store)
    note = Insertion(_body(_note("a", **{"@id": "Note/a"})), overwrite=True)
    await graph.write(_TARGET, _draft("r"), note)
    first = await graph.write(_TARGET, _draft("s"), note)
    again = await graph.write(_TARGET, _draft("s"), note)
    assert first.is_unchanged
    assert again.is_unchanged
    assert again.answer == first.answer is not None


async def test_deletions_migrations_and_queries_are_answered_again(
    graph_store: SqlKernelStore,
) -> None:
    graph = await _graph(graph_store)
    await graph.write(_TARGET, _draft("i"), Insertion(_body(_note("a", **{"@id": "Note/a"}))))
    woql = WoqlRequest(_INSERT_ANOTHER, may_write=True)
    source = Source(_NOTES, Revision(branch="main"))
    step = {"@type": "MoveClassProperty", "class": "Note", "from": "text", "to": "words"}
    for _ in range(2):
        answered = await graph.query(source, woql, _draft("q"))
        assert (answered.answer.inserts, len(answered.answer.bindings)) == (2, 1)
        migrated = await graph.migrate(_TARGET, _draft("m"), Migration(_body(step)))
        assert migrated.answer is not None
        assert (migrated.answer.schema_operations, migrated.answer.instance_operations) == (1, 2)
        deleted = await graph.delete(_TARGET, _draft("d"), Deletion(["Note/a"]))
        assert deleted.answer is not None
        assert deleted.answer.ids == ["terminusdb:///data/Note/a"]


_INSERT_ANOTHER = json.dumps(
    {
        "@type": "InsertDocument",
        "identifier": {"@type": "NodeValue", "variable": "id"},
        "document": {
            "@type": "Value",
            "dictionary": {
                "@type": "DictionaryTemplate",
                "data": [
                    {
                        "@type": "FieldValuePair",
                        "field": name,
                        "value": {
                            "@type": "Value",
                            "data": {"@type": "xsd:string", "@value": value},
                        },
                    }
                    for name, value in (("@type", "Note"), ("text", "by query"))
                ],
            },
        },
    }
).encode()


async def test_rebase_and_squash_are_answered_again(graph_store: SqlKernelStore) -> None:
    graph = await _graph(graph_store)
    await graph_store.create_branch(_NOTES, "dev", Revision(branch="main"))
    for text in "ab":
        target = Target(_NOTES, "dev")
        await graph.write(target, TransactionDraft(AUTHOR), Insertion(_body(_note(text))))
    await graph.write(_TARGET, TransactionDraft(AUTHOR), Insertion(_body(_note("main"))))
    head = (await graph_store.resolve(_NOTES, Revision(branch="dev"))).id
    rebase = RebaseDraft(
        Revision(branch="main"), AUTHOR, expected_head=head, request_id="r", fingerprint=b"1"
    )
    rebased = await graph_store.rebase_branch(_NOTES, "dev", rebase)
    assert [old for old, _ in rebased.rebased][-1] == head
    assert await graph_store.rebase_branch(_NOTES, "dev", rebase) == rebased
    base = Revision(branch="main")
    squash = SquashDraft(
        AUTHOR, base, True, expected_head=rebased.head.id, request_id="s", fingerprint=b"1"
    )
    squashed = await graph_store.squash_branch(_NOTES, "dev", squash)
    assert squashed.old_head == rebased.head.id
    assert await graph_store.squash_branch(_NOTES, "dev", squash) == squashed


async def test_compaction_removes_the_answers_of_requests_it_removes(
    graph_store: SqlKernelStore,
) -> None:
    graph = await _graph(graph_store)
    await graph_store.create_branch(_NOTES, "dev", Revision(branch="main"))
    insertion = Insertion(_body(_note("a")))
    dev = Target(_NOTES, "dev")
    first = await graph.write(dev, _draft("r"), insertion)
    await graph_store.delete_branch(_NOTES, "dev", expected_head="")
    assert (await graph_store.compact(_NOTES, is_dry_run=False)).removed_commits == 1
    try:
        await graph_store.get_commit(_NOTES, first.commit.id)
    except ResourceNotFound:
        await graph_store.create_branch(_NOTES, "dev", Revision(branch="main"))
    again = await graph.write(dev, _draft("r"), insertion)
    assert not again.is_repeated
    assert again.answer != first.answer
