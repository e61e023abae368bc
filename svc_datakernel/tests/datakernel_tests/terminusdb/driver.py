"""Does with the store what a recorded request asked of the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from typing import Any

from svc_datakernel.adapters.terminusdb.names import commit_id, commit_of, data_version
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
from svc_datakernel.domain.versioning import ApplyDraft, RebaseDraft, SquashDraft

from datakernel_tests.terminusdb.vectors import ORGANIZATION, dumps, loads

Step = Mapping[str, Any]


class NotAsked(Exception):
    """The store never sends such a request; the text says why."""


_IS_LIVE: ContextVar[bool] = ContextVar("is_live", default=False)


def _expect(found: Any, recorded: Any) -> None:
    """Compares ids of commits and the like, which a live server makes anew."""
    assert _IS_LIVE.get() or found == recorded


async def drive(store: TerminusStore, step: Step, *, is_live: bool = False) -> Any:
    """Does it.

    Args:
        is_live: Ids of commits are not those that were recorded.
    Returns:
        What to compare with the recorded answer, in its form; None for nothing.
    Raises:
        NotAsked: see there.
        OmsError: as the store.
    """
    _IS_LIVE.set(is_live)
    _check(step)
    handler = str(step["path"]).split("/")[1]
    action = _ACTIONS.get((step["method"], handler))
    if action is None:
        raise NotAsked(f"{step['method']} {handler} is no request of the store")
    return await action(store, step)


def _check(step: Step) -> None:
    if "auth" in step or "Authorization" in (step.get("headers") or {}):
        raise NotAsked("the store has one user of its own")
    given = set(step.get("headers") or {})
    if given - {"TerminusDB-Data-Version", "X-HTTP-Method-Override"}:
        raise NotAsked("headers that the store does not send")


def _place(step: Step, *, tail: int = 0) -> tuple[str, Revision]:
    parts = str(step["path"]).strip("/").split("/")[1:]
    parts = parts[: len(parts) - tail]
    if parts[:1] != [ORGANIZATION] or "/" in "".join(parts):
        raise NotAsked("a path that the store does not write")
    if len(parts) == 2:
        return parts[1], Revision()
    if len(parts) == 5 and parts[2:4] == ["local", "branch"]:
        return parts[1], Revision(branch=parts[4])
    if len(parts) == 5 and parts[2:4] == ["local", "commit"]:
        return parts[1], Revision(commit=commit_id(parts[4]))
    raise NotAsked("a path that the store does not write")


def _target(step: Step, *, tail: int = 0) -> Target:
    database, revision = _place(step, tail=tail)
    if revision.commit:
        raise NotAsked("the store writes to branches only")
    return Target(database, revision.branch)


def _version(step: Step) -> str:
    version = (step.get("headers") or {}).get("TerminusDB-Data-Version", "")
    return data_version(version) if version.partition(":")[2] else version


def _source(step: Step) -> Source:
    database, revision = _place(step)
    return Source(database, revision, _version(step))


def _draft(given: Mapping[str, Any], step: Step) -> TransactionDraft:
    if not given.get("author") or not given.get("message"):
        raise NotAsked("the store always sends author and message")
    return TransactionDraft(given["author"], given["message"], data_version=_version(step))


def _graph(params: Mapping[str, str]) -> Graph:
    if params.get("graph_type", "instance") not in ("instance", "schema"):
        raise NotAsked("the store knows two graphs")
    return Graph(params.get("graph_type", "instance"))


def _only(params: Mapping[str, str], *allowed: str) -> None:
    if unknown := set(params) - set(allowed):
        raise NotAsked(f"parameters that the store does not send: {', '.join(sorted(unknown))}")


async def _write(store: TerminusStore, step: Step) -> Any:
    if (step.get("headers") or {}).get("X-HTTP-Method-Override") == "GET":
        return await _match(store, step)
    if step.get("headers", {}).get("X-HTTP-Method-Override"):
        raise NotAsked("a method that the store does not send")
    if "body" not in step and "raw_body" not in step:
        raise NotAsked("the store always sends a body")
    params = step.get("params") or {}
    switches = set(params) - {"author", "message", "graph_type"}
    insertion = Insertion(
        step["raw_body"].encode() if "raw_body" in step else dumps(step["body"]).encode(),
        _graph(params),
        is_replace=step["method"] == "PUT",
        **{name: params[name] == "true" for name in switches},
    )
    outcome = await store.write(_target(step), _draft(params, step), insertion)
    assert outcome.answer is not None
    return list(outcome.answer.ids)


async def _read(store: TerminusStore, step: Step) -> Any:
    params = step.get("params") or {}
    _only(params, "id", "type", "graph_type", "as_list", "unfold", "minimized", "compress_ids")
    selection = Selection(
        (params["id"],) if "id" in params else (),
        (params["type"],) if "type" in params else (),
        graph=_graph(params),
    )
    switches = {"unfold", "minimized", "compress_ids"} & set(params)
    form = Form(**{name: params[name] == "true" for name in switches})
    return await _read_all(store, _source(step), selection, form, step)


async def _match(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    if not isinstance(body, dict) or not isinstance(body.get("query"), dict):
        raise NotAsked("the store sends a template there")
    selection = Selection(
        types=(body["type"],) if "type" in body else (),
        template=dumps(body["query"]).encode(),
        skip=body.get("skip", 0),
        count=body.get("count"),
    )
    return await _read_all(store, _source(step), selection, Form(), step)


async def _read_all(
    store: TerminusStore, source: Source, selection: Selection, form: Form, step: Step
) -> Any:
    stream = await store.read(source, selection, form)
    async with aclosing(stream.parts) as parts:
        found = [loads(part) async for part in parts]
    _expect(stream.commit_id, commit_of(step.get("data_version", "")))
    return found


async def _delete(store: TerminusStore, step: Step) -> Any:
    params = step.get("params") or {}
    ids = (params["id"],) if "id" in params else ()
    deletion = Deletion(ids, _graph(params), nuke=params.get("nuke") == "true", is_hard=True)
    await store.delete(_target(step), _draft(params, step), deletion)


async def _query(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    _only(body, "query", "commit_info", "all_witnesses", "streaming")
    if "query" not in body:
        raise NotAsked("the store always sends a query")
    if body.get("streaming"):
        return await _stream(store, step)
    request = WoqlRequest(
        dumps({"query": body["query"]}).encode(), all_witnesses=body.get("all_witnesses", False)
    )
    is_writing = store.is_writing(request.body)
    draft = _draft(body.get("commit_info") or {}, step) if is_writing else None
    answered = await store.query(_source(step), request, draft)
    _expect(answered.commit_id, commit_of(step.get("data_version", "")))
    found = answered.answer
    return {
        "api:variable_names": list(found.variable_names),
        "bindings": [loads(row) for row in found.bindings],
        "inserts": found.inserts,
        "deletes": found.deletes,
    }


async def _stream(store: TerminusStore, step: Step) -> Any:
    request = WoqlRequest(dumps({"query": step["body"]["query"]}).encode())
    stream = await store.stream_query(_source(step), request)
    async with aclosing(stream.parts) as parts:
        return [loads(part) async for part in parts]


async def _frames(store: TerminusStore, step: Step) -> Any:
    params = step.get("params") or {}
    compress = params.get("compress_ids", "true") == "true"
    body = await store.frames(
        _source(step), params.get("type", ""), compress_ids=compress, expand_abstract=True
    )
    return loads(body.data)


async def _prefixes(store: TerminusStore, step: Step) -> Any:
    return loads((await store.prefixes(_source(step))).data)


async def _set_prefix(store: TerminusStore, step: Step) -> Any:
    target = _target(step, tail=1)
    change = PrefixChange(
        str(step["path"]).rsplit("/", 1)[1],
        step["body"]["uri"],
        is_update_only=step["method"] == "PUT",
    )
    await store.set_prefix(target, TransactionDraft("admin"), change)


async def _get_triples(store: TerminusStore, step: Step) -> Any:
    database, revision = _place(step, tail=1)
    graph = Graph(str(step["path"]).rsplit("/", 1)[1])
    stream = await store.export_triples(Source(database, revision), graph)
    async with aclosing(stream.parts) as parts:
        return b"".join([part async for part in parts]).decode()


async def _put_triples(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    graph = Graph(str(step["path"]).rsplit("/", 1)[1])
    change = TripleChange(body["turtle"].encode(), graph, is_replace=step["method"] == "POST")
    await store.write_triples(_target(step, tail=1), _draft(body["commit_info"], step), change)


async def _diff(store: TerminusStore, step: Step) -> Any:
    body = dict(step["body"])
    path = str(step["path"]).strip("/").split("/")
    database = path[2] if len(path) > 2 else "vector-db"
    skip, count = body.pop("start", 0), body.pop("count", None)
    for name in ("before_data_version", "after_data_version"):
        value = body.get(name)
        if value and len(path) < 3:
            raise NotAsked("the store compares commits of a database only")
        if isinstance(value, str) and len(value) == 31:
            body[name] = commit_id(value)
    compared = await store.compare(database, Comparison(dumps(body).encode(), skip, count))
    return loads(compared.data)


async def _patch(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    if step["path"] == "/patch":
        raise NotAsked("patches of plain JSON are computed here")
    matches = body.get("match_final_state", True)
    outcome = await store.patch(
        _target(step),
        _draft(body, step),
        PatchRequest(dumps(body["patch"]).encode(), match_final_state=matches),
    )
    assert outcome.answer is not None
    return list(outcome.answer.ids)


async def _log(store: TerminusStore, step: Step) -> Any:
    params = step.get("params") or {}
    if "start" in params or params.get("count", 1) in (0, -1):
        raise NotAsked("the store asks for a page of at least one commit from the newest on")
    database, revision = _place(step)
    page = await store.list_commits(database, revision, limit=int(params.get("count", 99)))
    wanted = step["response"]
    if isinstance(wanted, list):
        _expect(
            [commit.id for commit in page.commits],
            [commit_id(entry["identifier"]) for entry in wanted],
        )
        assert [(c.author, c.message) for c in page.commits] == [
            (entry["author"], entry["message"]) for entry in wanted
        ]


async def _history(store: TerminusStore, step: Step) -> Any:
    params = step["params"]
    _only(params, "id")
    database, revision = _place(step)
    history = await store.list_document_history(
        database, revision, params["id"], after="", limit=100
    )
    if isinstance(step["response"], list):
        _expect(
            [entry.commit.id for entry in history.entries],
            [commit_id(entry["identifier"]) for entry in step["response"]],
        )


def _described(descriptor: str) -> Revision:
    parts = descriptor.split("/")
    if len(parts) != 5 or parts[:2] != [ORGANIZATION, "vector-db"]:
        raise NotAsked("a path that the store does not write")
    kind, name = parts[3:]
    return Revision(branch=name) if kind == "branch" else Revision(commit=commit_id(name))


async def _create_branch(store: TerminusStore, step: Step) -> Any:
    target = _target(step)
    if "origin" not in (step.get("body") or {}):
        raise NotAsked("the store always says where a branch starts")
    await store.create_branch(target.database, target.branch, _described(step["body"]["origin"]))


async def _delete_branch(store: TerminusStore, step: Step) -> Any:
    target = _target(step)
    if target.branch == "main":
        raise NotAsked("refused before anything is sent")
    await store.delete_branch(target.database, target.branch, expected_head="")


async def _reset(store: TerminusStore, step: Step) -> Any:
    if "commit_descriptor" not in step["body"]:
        raise NotAsked("the store always names a commit")
    revision = _described(step["body"]["commit_descriptor"])
    if not revision.commit:
        raise NotAsked("the store always names a commit")
    target = _target(step)
    await store.reset_branch(target.database, target.branch, revision, expected_head="")


async def _rebase(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    target = _target(step)
    draft = RebaseDraft(_described(body["rebase_from"]), body["author"])
    rebase = await store.rebase_branch(target.database, target.branch, draft)
    _expect(rebase.base_commit, commit_id(step["response"]["api:common_commit_id"]))


async def _squash(store: TerminusStore, step: Step) -> Any:
    if "commit_info" not in step["body"]:
        raise NotAsked("the store always sends author and message")
    info, target = step["body"]["commit_info"], _target(step)
    draft = SquashDraft(info["author"], message=info["message"])
    squash = await store.squash_branch(target.database, target.branch, draft)
    _expect(squash.commit.id, commit_id(step["response"]["api:commit"].rpartition("/")[2]))


async def _apply(store: TerminusStore, step: Step) -> Any:
    body, target = step["body"], _target(step)
    draft = ApplyDraft(
        Revision(commit=commit_id(body["before_commit"])),
        Revision(commit=commit_id(body["after_commit"])),
        body["commit_info"]["author"],
        match_final_state=body.get("match_final_state", True),
        message=body["commit_info"]["message"],
    )
    await store.apply_difference(target.database, target.branch, draft)


async def _create_database(store: TerminusStore, step: Step) -> Any:
    body = step["body"]
    _only(body, "label", "comment", "schema", "prefixes")
    prefixes = body.get("prefixes", {})
    if (
        not body.get("label")
        or set(prefixes) - {"@base", "@schema"}
        or not body.get("schema", True)
    ):
        raise NotAsked("the store always creates databases with a label and a schema")
    if not all(isinstance(iri, str) for iri in prefixes.values()):
        raise NotAsked("prefixes are text")
    database, _ = _place(step)
    await store.create_database(
        Database(
            database,
            body["label"],
            body.get("comment", ""),
            "",
            0,
            DatabaseModel.GRAPH,
            prefixes.get("@base", ""),
            prefixes.get("@schema", ""),
        ),
        "admin",
    )


async def _get_database(store: TerminusStore, step: Step) -> Any:
    await store.get_database(_place(step)[0])


async def _update_database(store: TerminusStore, step: Step) -> Any:
    _only(step["body"], "label", "comment")
    names = {"label": "display_name", "comment": "description"}
    changes = {names[name]: value for name, value in step["body"].items()}
    await store.update_database(_place(step)[0], changes)


async def _delete_database(store: TerminusStore, step: Step) -> Any:
    await store.delete_database(_place(step)[0])


_ACTIONS: Mapping[tuple[str, str], Callable[[TerminusStore, Step], Awaitable[Any]]] = {
    ("POST", "document"): _write,
    ("PUT", "document"): _write,
    ("GET", "document"): _read,
    ("DELETE", "document"): _delete,
    ("POST", "woql"): _query,
    ("GET", "schema"): _frames,
    ("GET", "prefixes"): _prefixes,
    ("POST", "prefix"): _set_prefix,
    ("PUT", "prefix"): _set_prefix,
    ("GET", "triples"): _get_triples,
    ("PUT", "triples"): _put_triples,
    ("POST", "triples"): _put_triples,
    ("POST", "diff"): _diff,
    ("POST", "patch"): _patch,
    ("GET", "log"): _log,
    ("GET", "history"): _history,
    ("POST", "branch"): _create_branch,
    ("DELETE", "branch"): _delete_branch,
    ("POST", "reset"): _reset,
    ("POST", "rebase"): _rebase,
    ("POST", "squash"): _squash,
    ("POST", "apply"): _apply,
    ("POST", "db"): _create_database,
    ("GET", "db"): _get_database,
    ("PUT", "db"): _update_database,
    ("DELETE", "db"): _delete_database,
}
