"""The store asks a server for the same as TerminusDB's own Python client does.

The client is heavy and for Python below 3.13, so it is no dependency of the tests:
`make interop` installs it and runs these.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import pytest
from oms_core.errors import OmsError
from svc_datakernel.adapters.terminusdb.store import TerminusStore
from svc_datakernel.domain.graph.requests import (
    Deletion,
    Form,
    Graph,
    Insertion,
    Selection,
    WoqlRequest,
)
from svc_datakernel.domain.graph.store import (
    Comparison,
    PatchRequest,
    PrefixChange,
    Source,
    Target,
    TripleChange,
)
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import Database, DatabaseModel, Revision
from svc_datakernel.domain.versioning import RebaseDraft, SquashDraft

from datakernel_tests.terminusdb.fake_server import Received, Reply, serving
from datakernel_tests.terminusdb.scripts import FIRST, KERNEL_FIRST, logged, scripted, told

terminusdb = pytest.importorskip(
    "terminusdb_client", reason="the official client is not installed; `make interop` does it"
)

SOURCE = Source("db", Revision())
TARGET = Target("db", "main")
DRAFT = TransactionDraft("admin", "why")
DOCUMENT = {"@type": "Device", "serial": "a", "watts": 5}
SCHEMA = {"@type": "Class", "@id": "Device", "serial": "xsd:string"}
PATCH = {"@id": "Device/a", "watts": {"@op": "SwapValue", "@before": 5, "@after": 7}}
TEMPLATE = {"@type": "Device", "watts": 5}
TURTLE = "<a:b> <a:c> <a:d> ."
# What the client sends although it is the server's default.
DEFAULTS = {
    "graph_type": "instance",
    "full_replace": "false",
    "raw_json": "false",
    "create": "false",
    "nuke": "false",
    "minimized": "true",
    "unfold": "true",
    "compress_ids": "true",
    "compressed": "true",
    "as_list": "false",
    "match_final_state": "true",
    "skip": "0",
    "start": "0",
}

Theirs = Callable[[Any], Any]
Ours = Callable[[TerminusStore], Awaitable[Any]]


def _body(value: Any) -> bytes:
    return json.dumps(value).encode()


async def _read(store: TerminusStore, selection: Selection) -> None:
    stream = await store.read(SOURCE, selection, Form())
    async with aclosing(stream.parts) as parts:  # type: ignore[type-var]
        assert [part async for part in parts]


def _woql() -> Any:
    query = terminusdb.WOQLQuery
    return query().woql_and(
        query().triple("v:s", "serial", "v:o"), query().limit(10, query().isa("v:s", "Device"))
    )


def _writing_woql() -> Any:
    return terminusdb.WOQLQuery().add_triple("Device/a", "watts", 7)


CASES: dict[str, tuple[Theirs, Ours]] = {
    "insert": (
        lambda client: client.insert_document([DOCUMENT], commit_msg="why"),
        lambda store: store.write(TARGET, DRAFT, Insertion(_body([DOCUMENT]))),
    ),
    "insert at a data version": (
        lambda client: client.insert_document(
            [DOCUMENT], commit_msg="why", last_data_version=f"branch:{FIRST}"
        ),
        lambda store: store.write(
            TARGET,
            TransactionDraft("admin", "why", data_version=f"branch:{KERNEL_FIRST}"),
            Insertion(_body([DOCUMENT])),
        ),
    ),
    "insert into the schema": (
        lambda client: client.insert_document([SCHEMA], graph_type="schema", commit_msg="why"),
        lambda store: store.write(TARGET, DRAFT, Insertion(_body([SCHEMA]), Graph.SCHEMA)),
    ),
    "replace": (
        lambda client: client.replace_document([DOCUMENT], commit_msg="why", create=True),
        lambda store: store.write(
            TARGET, DRAFT, Insertion(_body([DOCUMENT]), is_replace=True, create=True)
        ),
    ),
    "delete": (
        lambda client: client.delete_document(["Device/a", "Device/b"], commit_msg="why"),
        lambda store: store.delete(TARGET, DRAFT, Deletion(("Device/a", "Device/b"), is_hard=True)),
    ),
    "get": (
        lambda client: client.get_document("Device/a"),
        lambda store: _read(store, Selection(("Device/a",))),
    ),
    "list a class": (
        lambda client: list(client.get_documents_by_type("Device", count=5)),
        lambda store: _read(store, Selection(types=("Device",), count=5)),
    ),
    "template": (
        lambda client: list(client.query_document(TEMPLATE)),
        lambda store: _read(store, Selection(template=_body(TEMPLATE))),
    ),
    "WOQL that reads": (
        lambda client: client.query(_woql()),
        lambda store: store.query(SOURCE, WoqlRequest(_body({"query": _woql().to_dict()}))),
    ),
    "WOQL that writes": (
        lambda client: client.query(_writing_woql(), commit_msg="why"),
        lambda store: store.query(
            SOURCE, WoqlRequest(_body({"query": _writing_woql().to_dict()})), DRAFT
        ),
    ),
    "create a database": (
        lambda client: client.create_database("db", label="L", description="d"),
        lambda store: store.create_database(
            Database("db", "L", "d", "", 0, DatabaseModel.GRAPH), "admin"
        ),
    ),
    "delete a database": (
        lambda client: client.delete_database("db", team="admin"),
        lambda store: store.delete_database("db"),
    ),
    "create a branch": (
        lambda client: client.create_branch("dev"),
        lambda store: store.create_branch("db", "dev", Revision(branch="main")),
    ),
    "delete a branch": (
        lambda client: client.delete_branch("dev"),
        lambda store: store.delete_branch("db", "dev", expected_head=""),
    ),
    "reset": (
        lambda client: client.reset(FIRST),
        lambda store: store.reset_branch(
            "db", "main", Revision(commit=KERNEL_FIRST), expected_head=""
        ),
    ),
    "rebase": (
        lambda client: client.rebase("dev", author="admin"),
        lambda store: store.rebase_branch(
            "db", "main", RebaseDraft(Revision(branch="dev"), "admin")
        ),
    ),
    "squash": (
        lambda client: client.squash(message="why", author="admin"),
        lambda store: store.squash_branch("db", "main", SquashDraft("admin", message="why")),
    ),
    "diff": (
        lambda client: client.diff_object({"a": 1}, {"a": 2}),
        lambda store: store.compare(
            "db", Comparison(_body({"before": {"a": 1}, "after": {"a": 2}}))
        ),
    ),
    "patch": (
        lambda client: client.patch_resource(
            terminusdb.Patch(json=json.dumps(PATCH)),
            message="why",
            author="admin",
        ),
        lambda store: store.patch(
            TARGET, DRAFT, PatchRequest(_body(PATCH), match_final_state=True)
        ),
    ),
    "history of a document": (
        lambda client: client.get_document_history("Device/a"),
        lambda store: store.list_document_history("db", Revision(), "Device/a", after="", limit=10),
    ),
    "class frame": (
        lambda client: client.get_class_frame("Device"),
        lambda store: store.frames(SOURCE, "Device", compress_ids=True, expand_abstract=True),
    ),
    "add a prefix": (
        lambda client: client.add_prefix("geo", "http://geo/"),
        lambda store: store.set_prefix(TARGET, DRAFT, PrefixChange("geo", "http://geo/")),
    ),
    "remove a prefix": (
        lambda client: client.delete_prefix("geo"),
        lambda store: store.set_prefix(TARGET, DRAFT, PrefixChange("geo", "")),
    ),
    "insert triples": (
        lambda client: client.insert_triples("instance", TURTLE, commit_msg="why"),
        lambda store: store.write_triples(TARGET, DRAFT, TripleChange(TURTLE.encode())),
    ),
    "replace a graph": (
        lambda client: client.update_triples("instance", TURTLE, commit_msg="why"),
        lambda store: store.write_triples(
            TARGET, DRAFT, TripleChange(TURTLE.encode(), is_replace=True)
        ),
    ),
}


class Recorder:
    """Answers anything well enough, and keeps what was asked."""

    def __init__(self) -> None:
        self.received: list[Received] = []

    async def __call__(self, request: Received) -> Reply:
        self.received.append(request)
        return self._reply(request)

    def _reply(self, request: Received) -> Reply:
        handler = request.path.split("/")[1]
        if handler == "document":
            is_read = request.method == "GET" or "x-http-method-override" in request.headers
            return told(DOCUMENT if is_read else ["Device/a"], version=FIRST)
        if handler == "log":
            return told([logged(FIRST)])
        answers: dict[str, Any] = {
            "woql": {"api:variable_names": [], "bindings": [], "inserts": 0, "deletes": 0},
            "db": {"path": "admin/db", "branches": ["main"]},
            "history": [],
            "squash": {"api:commit": f"x/{FIRST}", "api:old_commit": f"x/{FIRST}"},
            "patch": ["Device/a"],
            "info": {"api:info": {"terminusdb": {"version": "12.0.6"}}},
        }
        return told(answers.get(handler, {"@base": "x", "@schema": "y"}), version=FIRST)


def _asked(request: Received) -> tuple[Any, ...]:
    """A request, without what only differs in spelling."""
    path = request.path.replace("/local/branch/main", "")
    params = {name: value for name, value in request.params.items() if DEFAULTS.get(name) != value}
    body = json.loads(request.body) if request.body else None
    if isinstance(body, dict):
        body = {
            name: value for name, value in body.items() if DEFAULTS.get(name) != str(value).lower()
        }
        if body.get("streaming") is False:
            del body["streaming"]
    if path.startswith("/diff"):  # plain values can be compared without a database
        path = "/diff"
    if path.startswith("/rebase"):  # the server does not look at it
        body.pop("message", None)
    if path.startswith("/history"):  # the client asks for ten, the store for all
        params.pop("count", None)
    version = request.headers.get("terminusdb-data-version", "")
    return request.method, path, params, body, version


async def _of_client(call: Theirs) -> list[Received]:
    recorder = Recorder()

    def work(endpoint: str) -> None:
        client = terminusdb.Client(endpoint)
        client.connect(team="admin", user="admin", key="root", db="db")
        recorder.received.clear()
        call(client)

    async with serving(recorder) as endpoint:
        await asyncio.to_thread(work, endpoint)
    return recorder.received


async def _of_store(call: Ours) -> list[Received]:
    recorder = Recorder()
    async with scripted(recorder) as store:  # type: ignore[arg-type]
        try:
            await call(store)
        except OmsError as exc:
            pytest.fail(f"the store refused: {exc}")
    return recorder.received


@pytest.mark.parametrize("name", list(CASES))
async def test_store_sends_what_the_official_client_sends(name: str) -> None:
    theirs, ours = CASES[name]
    wanted = _asked((await _of_client(theirs))[-1])
    sent = [_asked(request) for request in await _of_store(ours)]
    if wanted[1].startswith("/woql/") and not any("commit_info" in (s[3] or {}) for s in sent):
        wanted[3].pop("commit_info")  # a query that only reads says nobody's name
    assert wanted in sent
