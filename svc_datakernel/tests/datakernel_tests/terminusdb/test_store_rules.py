"""What the store promises beyond single exchanges."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest
from oms_core.errors import (
    DataVersionMismatch,
    InvalidQuery,
    ResourceNotFound,
    StaleHead,
    UnsupportedOperation,
)
from svc_datakernel.adapters.terminusdb.capabilities import MISSING
from svc_datakernel.adapters.terminusdb.names import commit_id, server_commit
from svc_datakernel.adapters.terminusdb.store import TerminusStore
from svc_datakernel.domain.graph.requests import (
    Deletion,
    Form,
    Graph,
    Insertion,
    Selection,
    WoqlRequest,
)
from svc_datakernel.domain.graph.store import PrefixChange, Source, Target
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.merging import MergeDraft, MergeSide
from svc_datakernel.domain.model import Database, Revision
from svc_datakernel.domain.versioning import RebaseDraft, SquashDraft

from datakernel_tests.terminusdb.fake_server import Received, Reply
from datakernel_tests.terminusdb.scripts import (
    FIRST,
    KERNEL_FIRST,
    KERNEL_SECOND,
    SECOND,
    Script,
    logged,
    refused,
    scripted,
    told,
)

SOURCE = Source("db", Revision())
TARGET = Target("db", "main")
DRAFT = TransactionDraft("ann", "m")
ONE = Insertion(b'{"@type": "A"}')
QUERY = WoqlRequest(b'{"query": {"@type": "True"}}')

Call = Callable[[TerminusStore], Awaitable[Any]]


def _merge(**given: Any) -> Call:
    draft = MergeDraft(Revision(branch="dev"), "ann", **given)
    return lambda store: store.merge("db", "main", draft)


REFUSED: dict[str, list[Call]] = {
    "json_databases": [
        lambda store: store.create_database(Database("db", "", "", "", 0), "ann"),
        lambda store: store.get_documents("db", Revision(), ["a"], show_deleted=False),
    ],
    "tags": [
        lambda store: store.get_tag("db", "v1"),
        lambda store: store.read(Source("db", Revision(tag="v1")), Selection(), Form()),
        lambda store: store.create_branch("db", "b", Revision(tag="v1")),
    ],
    "branch_moves": [
        lambda store: store.read_moves("db", after=0, upto=1, branch="", limit=1),
    ],
    "request_ids": [
        lambda store: store.write(TARGET, TransactionDraft("ann", request_id="r"), ONE),
        _merge(request_id="r"),
    ],
    "soft_delete": [lambda store: store.delete(TARGET, DRAFT, Deletion(("A/b",)))],
    "show_deleted": [lambda store: store.read(SOURCE, Selection(with_deleted=True), Form())],
    "dry_run": [
        lambda store: store.write(TARGET, TransactionDraft("ann", is_dry_run=True), ONE),
        _merge(is_dry_run=True),
    ],
    "verification": [lambda store: store.verify("db")],
    "blame": [lambda store: store.blame("db", Revision(), "A/b")],
    "maintenance": [lambda store: store.compact("db", is_dry_run=True)],
    "explain": [lambda store: store.explain(SOURCE, QUERY)],
    "schema_comparison": [lambda store: store.compare_schemas(SOURCE, b"[]")],
    "resume_after": [lambda store: store.read(SOURCE, Selection(after="A/b"), Form())],
    "several_types": [lambda store: store.read(SOURCE, Selection(types=("A", "B")), Form())],
    "prefixed_names": [lambda store: store.read(SOURCE, Selection(), Form(prefixed=True))],
    "query_paging": [lambda store: store.query(SOURCE, WoqlRequest(b"{}", after_row=5))],
    "merge_conditions": [_merge(expected_head=KERNEL_FIRST)],
    "merge_resolutions": [_merge(default_resolution=MergeSide.SOURCE)],
    "conditional_head_moves": [
        lambda store: store.reset_branch("db", "main", Revision(), expected_head=KERNEL_FIRST),
        lambda store: store.rebase_branch(
            "db", "main", RebaseDraft(Revision(), "ann", expected_head=KERNEL_FIRST)
        ),
    ],
    "squash_base": [
        lambda store: store.squash_branch("db", "main", SquashDraft("ann", Revision()))
    ],
    "full_commit_conditions": [
        lambda store: store.set_prefix(
            TARGET, TransactionDraft("ann", data_version="branch:x"), PrefixChange("p", "http://x/")
        )
    ],
    "database_kind": [lambda store: store.update_database("db", {"kind": "ontology"})],
}


def test_every_missing_capability_but_replication_is_refused_below() -> None:
    assert set(REFUSED) == set(MISSING) - {"replication"}


@pytest.mark.parametrize("capability", sorted(REFUSED))
async def test_missing_capability_is_refused_by_name_before_anything_is_sent(
    capability: str,
) -> None:
    script = Script({})
    async with scripted(script) as store:
        for call in REFUSED[capability]:
            with pytest.raises(UnsupportedOperation) as raised:
                await call(store)
            assert raised.value.metadata["capability"] == capability
            assert raised.value.metadata["backend"] == "terminusdb"
            assert raised.value.metadata["why"] == MISSING[capability]
    assert script.received == []


@pytest.mark.parametrize("server_id", ["a", FIRST, "0" * 31, "9" * 32])
def test_commit_ids_go_there_and_back(server_id: str) -> None:
    kernel_id = commit_id(server_id)
    assert len(kernel_id) == 64
    assert server_commit(kernel_id) == server_id


@pytest.mark.parametrize("kernel_id", ["", "zz", "00" * 32, "ff" * 32, "2e2e2f" + "00" * 29])
def test_commit_that_the_server_can_not_have_is_not_found(kernel_id: str) -> None:
    with pytest.raises(ResourceNotFound):
        server_commit(kernel_id)


async def test_write_says_which_commit_it_made_and_its_parent() -> None:
    script = Script(
        {
            ("POST", "/document/"): told(["x/A/b"], version=SECOND),
            ("GET", "/log/"): told([logged(SECOND, parent=FIRST)]),
        }
    )
    async with scripted(script) as store:
        outcome = await store.write(TARGET, DRAFT, ONE)
    assert not outcome.is_unchanged
    assert (outcome.commit.id, outcome.commit.parents) == (KERNEL_SECOND, (KERNEL_FIRST,))
    assert script.received[0].params == {"author": "ann", "message": "m"}


async def test_write_that_made_no_commit_is_unchanged() -> None:
    script = Script(
        {
            ("POST", "/document/"): told(["x/A/b"], version=SECOND),
            ("GET", "/log/"): told([logged(SECOND, author="someone else")]),
        }
    )
    async with scripted(script) as store:
        assert (await store.write(TARGET, DRAFT, ONE)).is_unchanged
        script.rules[("GET", "/log/")] = told([logged(SECOND)])
        assert (await store.write(TARGET, DRAFT, ONE)).is_unchanged  # the head did not move


async def test_expected_head_is_sent_as_data_version_and_its_refusal_is_a_stale_head() -> None:
    mismatch = refused(
        400,
        "api:DataVersionMismatch",
        requested_data_version=f"branch:{FIRST}",
        actual_data_version=f"branch:{SECOND}",
    )
    script = Script({("POST", "/document/"): mismatch, ("POST", "/woql/"): mismatch})
    draft = TransactionDraft("ann", expected_head=KERNEL_FIRST)
    async with scripted(script) as store:
        for call in (store.write(TARGET, draft, ONE), store.query(SOURCE, QUERY, draft)):
            with pytest.raises(StaleHead) as raised:
                await call
            assert raised.value.metadata["actual_head"] == KERNEL_SECOND
        by_version = TransactionDraft("ann", data_version=f"branch:{KERNEL_FIRST}")
        with pytest.raises(DataVersionMismatch) as mismatched:
            await store.write(TARGET, by_version, ONE)
    assert mismatched.value.metadata["actual"] == f"branch:{KERNEL_SECOND}"
    sent = {request.headers["terminusdb-data-version"] for request in script.received}
    assert sent == {f"branch:{FIRST}"}


async def test_template_and_documents_are_sent_digit_by_digit() -> None:
    number = "1.00000000000000000000000000000000001"
    script = Script({("POST", "/document/"): Reply(200, f'{{"n": {number}}}'.encode())})
    template = f'{{"n": {number}}}'.encode()
    async with scripted(script) as store:
        stream = await store.read(SOURCE, Selection(types=("A",), template=template), Form())
        async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
            assert [part async for part in parts] == [f'{{"n": {number}}}'.encode()]
    assert number.encode() in script.received[0].body
    assert script.received[0].headers["x-http-method-override"] == "GET"


async def test_several_ids_are_read_at_the_commit_of_the_first() -> None:
    def one(request: Received) -> Reply:
        return told({"@id": request.params["id"]}, version=FIRST)

    script = Script({("GET", "/document/"): one})
    async with scripted(script) as store:
        stream = await store.read(SOURCE, Selection(("a", "b", "c")), Form())
        async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
            found = [json.loads(part)["@id"] async for part in parts]
    assert found == ["a", "b", "c"]
    assert stream.commit_id == KERNEL_FIRST
    assert [path for _, path in script.asked()][1:] == [
        f"/document/admin/db/local/commit/{FIRST}"
    ] * 2


async def test_hostile_names_stay_inside_their_path_segment() -> None:
    script = Script({("GET", "/document/"): told({}, version=FIRST)})
    async with scripted(script) as store:
        stream = await store.read(Source("db", Revision(branch="../x?y#z")), Selection(), Form())
        await stream.parts.aclose()  # type: ignore[attr-defined]
    assert script.asked() == [("GET", "/document/admin/db/local/branch/../x?y#z")]


async def test_presence_is_told_for_each_id() -> None:
    def one(request: Received) -> Reply:
        if request.params["id"] == "no":
            return refused(404, "api:DocumentNotFound", document_id="no")
        return told({}, version=FIRST)

    async with scripted(Script({("GET", "/document/"): one})) as store:
        presence = await store.check_presence(SOURCE, ["a", "no", "b"], Graph.INSTANCE)
    assert (list(presence.present), list(presence.missing)) == (["a", "b"], ["no"])


async def test_presence_in_a_missing_database_is_not_found() -> None:
    script = Script(
        {("GET", "/document/"): refused(404, "api:UnknownDatabase", database_name="db")}
    )
    async with scripted(script) as store:
        with pytest.raises(ResourceNotFound):
            await store.check_presence(SOURCE, ["a"], Graph.INSTANCE)


@pytest.mark.parametrize(
    ("query", "is_writing"),
    [
        ({"@type": "True"}, False),
        ({"@type": "And", "and": [{"@type": "AddTriple"}]}, True),
        ({"@type": "woql:DeleteDocument"}, True),
        ({"@type": "Using", "query": {"@type": "InsertDocument"}}, True),
        ({"@type": "AddedTriple"}, False),
    ],
)
async def test_writing_queries_are_told_from_reading_ones(query: Any, is_writing: bool) -> None:
    async with scripted(Script({})) as store:
        assert store.is_writing(json.dumps({"query": query}).encode()) is is_writing
        assert store.is_writing(json.dumps(query).encode()) is is_writing
        with pytest.raises(InvalidQuery):
            store.is_writing(b"[1]")


async def test_error_in_the_middle_of_a_streamed_query_is_raised() -> None:
    records = [
        {"@type": "PrefaceRecord", "names": ["a"]},
        {"@type": "Binding", "a": 1},
        {"@type": "api:WoqlErrorResponse", "api:error": {"@type": "api:WOQLSyntaxError"}},
    ]
    body = "\n".join(json.dumps(record) for record in records).encode()
    async with scripted(Script({("POST", "/woql/"): Reply(200, body)})) as store:
        stream = await store.stream_query(SOURCE, QUERY)
        async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
            assert json.loads(await anext(parts)) == records[0]
            assert json.loads(await anext(parts)) == records[1]
            with pytest.raises(InvalidQuery):
                await anext(parts)


async def test_version_of_the_server_is_told() -> None:
    info = {"api:info": {"terminusdb": {"version": "12.0.6"}}}
    async with scripted(Script({("GET", "/info"): told(info)})) as store:
        found = await store.capabilities()
    assert (found.backend, found.version) == ("terminusdb", "12.0.6")
    assert found.missing == MISSING
