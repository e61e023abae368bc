"""`/api/branch`, `/api/log`, `/api/history`, `/api/reset`, `/api/rebase`, `/api/squash`."""

from __future__ import annotations

from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import history_service_pb2 as history_pb
from oms.datakernel.v1 import maintenance_service_pb2 as maintenance_pb
from oms_core.errors import InvalidField, ResourceNotFound

from ..kernel import Answer, Kernel, call
from ..places import Place, place
from .request import Request

_DELETED = 3


async def create(kernel: Kernel, request: Request) -> Answer:
    """Creates a branch; one without an origin begins at the database's first commit."""
    origin = request.member("origin")
    if origin is None:
        commits = await _commits(kernel, request.place.name, Revision(branch="main"))
        source = Revision(commit=commits[-1].commit_id)
    else:
        source = _origin(str(origin)).revision
        if _origin(str(origin)).database != request.place.database:
            raise ResourceNotFound.of("database", _origin(str(origin)).database)
    asked = branch_pb.CreateBranchRequest(
        parent=request.place.name, branch_id=request.place.branch, source=source
    )
    await call(kernel.BranchService.CreateBranch(asked))
    return Answer()


async def delete(kernel: Kernel, request: Request) -> Answer:
    """Deletes a branch."""
    asked = branch_pb.DeleteBranchRequest(name=request.place.parent)
    await call(kernel.BranchService.DeleteBranch(asked))
    return Answer()


async def log(kernel: Kernel, request: Request) -> Answer:
    """Lists commits.

    Authors are those who call, so they are not compared; layers and migrations are
    TerminusDB's own. Its first commit goes away with the first schema; that of OMS stays.
    """
    commits = await _commits(kernel, request.place.name, request.place.revision)
    if len(commits) > 1:
        commits = commits[:-1]
    start, count = request.number("start") or 0, request.number("count")
    end = None if count is None or count < 0 else start + count
    expected = request.expected
    if isinstance(expected, list):
        expected = [_log_entry(each) for each in expected]
    roots = {commit.commit_id for commit in commits if not commit.parents}
    entries = [_commit_entry(commit) for commit in commits[start:end]]
    for entry, recorded in zip(entries, expected or (), strict=False):
        # Whether the first commit is told as a parent depends on how TerminusDB made the schema.
        if "parent" not in recorded or entry.get("identifier") in roots:
            entry.pop("parent", None)
            recorded.pop("parent", None)
        if "message" not in recorded:
            entry.pop("message")
    return Answer(entries, expected=expected)


async def history(kernel: Kernel, request: Request) -> Answer:
    """Lists the changes of a document, or the first and the last one."""
    asked = history_pb.ListDocumentHistoryRequest(
        parent=request.place.name,
        document_id=request.text("id"),
        revision=request.place.revision,
        page_size=request.number("count") or 0,
    )
    try:
        response = await call(kernel.HistoryService.ListDocumentHistory(asked))
    except ResourceNotFound as exc:
        if exc.metadata.get("resource_type") != "document":
            raise
        # TerminusDB answers an empty list for a document that has never been.
        return Answer([], expected=request.expected)
    entries = [_history_entry(each.commit) for each in response.entries]
    expected = _without_who(request.expected)
    if not request.flag("created") and not request.flag("updated"):
        return Answer(entries, expected=expected)
    answered: dict[str, Any] = {}
    if request.flag("created"):
        answered["created"] = entries[-1]
    if request.flag("updated"):
        answered["updated"] = entries[0]
    return Answer(answered, expected=expected)


async def reset(kernel: Kernel, request: Request) -> Answer:
    """Moves a branch to a commit."""
    target = request.member("commit_descriptor")
    if target is None:
        raise InvalidField.of("target", "is missing")
    asked = history_pb.ResetBranchRequest(
        name=request.place.parent, target=place(str(target)).revision
    )
    await call(kernel.HistoryService.ResetBranch(asked))
    return Answer()


async def rebase(kernel: Kernel, request: Request) -> Answer:
    """Puts a branch's commits on top of another's."""
    onto = place(str(request.member("rebase_from")))
    asked = history_pb.RebaseBranchRequest(name=request.place.parent, onto=onto.revision)
    done = await call(kernel.HistoryService.RebaseBranch(asked))
    answered: dict[str, Any] = {
        "api:common_commit_id": done.base_commit,
        "api:rebase_report": [
            {"api:origin_commit": each.original_commit, "api:applied": [each.new_commit]}
            for each in done.rebased
        ],
    }
    return Answer(answered, expected=_rebase_report(request.expected))


async def squash(kernel: Kernel, request: Request) -> Answer:
    """Makes one commit of a branch's; the branch stays."""
    info = request.member("commit_info")
    if not isinstance(info, dict):
        raise InvalidField.of("message", "is missing")
    asked = history_pb.SquashBranchRequest(
        name=request.place.parent, message=str(info.get("message", ""))
    )
    done = await call(kernel.HistoryService.SquashBranch(asked))
    answered = {
        "api:commit": done.commit.commit_id,
        "api:old_commit": done.old_head_commit,
    }
    expected = request.expected
    if isinstance(expected, dict):
        expected = {name: str(expected.get(name)).rpartition("/")[2] for name in answered}
    return Answer(answered, expected=expected)


async def optimize(kernel: Kernel, request: Request) -> Answer:
    """Compacts a database."""
    asked = maintenance_pb.CompactDatabaseRequest(name=request.place.name)
    await call(kernel.MaintenanceService.CompactDatabase(asked))
    return Answer()


async def _commits(kernel: Kernel, name: str, revision: Revision) -> list[Any]:
    found: list[Any] = []
    request = commit_pb.ListCommitsRequest(parent=name, revision=revision, page_size=1000)
    while True:
        page = await call(kernel.CommitService.ListCommits(request))
        found += page.commits
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token


def _origin(path: str) -> Place:
    try:
        return place(path)
    except Exception as exc:
        raise ResourceNotFound.of("branch", path) from exc


def _commit_entry(commit: Any) -> dict[str, Any]:
    entry = {"identifier": commit.commit_id, "message": commit.message}
    if commit.parents:
        entry["parent"] = f"ValidCommit/{commit.parents[0]}"
    return entry


def _log_entry(recorded: dict[str, Any]) -> dict[str, Any]:
    names = ["identifier", "message", "parent"]
    if recorded.get("@type") == "InitialCommit":
        names = ["identifier"]
    return {name: recorded[name] for name in names if name in recorded}


def _history_entry(commit: Any) -> dict[str, Any]:
    return {"identifier": commit.commit_id, "message": commit.message}


def _without_who(recorded: Any) -> Any:
    if isinstance(recorded, list):
        return [_without_who(each) for each in recorded]
    if isinstance(recorded, dict) and "identifier" in recorded:
        return {name: recorded[name] for name in ("identifier", "message") if name in recorded}
    if isinstance(recorded, dict):
        return {key: _without_who(each) for key, each in recorded.items()}
    return recorded


def _rebase_report(recorded: Any) -> Any:
    if not isinstance(recorded, dict):
        return recorded
    return {
        "api:common_commit_id": recorded.get("api:common_commit_id"),
        "api:rebase_report": [
            {name: each[name] for name in ("api:origin_commit", "api:applied")}
            for each in recorded.get("api:rebase_report", ())
        ],
    }
