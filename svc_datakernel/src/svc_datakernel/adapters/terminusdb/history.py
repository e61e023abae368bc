"""The commit graph of a TerminusDB server: log, history of documents, moves of branches."""

from __future__ import annotations

import json
from typing import Any, Final

from oms_core.errors import (
    InvalidField,
    InvalidPatch,
    ResourceNotFound,
    UnrelatedHistories,
)

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.commits import read_commit, read_log, walk_log
from svc_datakernel.adapters.terminusdb.errors import foreign
from svc_datakernel.adapters.terminusdb.names import commit_id, server_commit
from svc_datakernel.adapters.terminusdb.part import TerminusPart, commit_info, strings
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.graph.requests import Rebase
from svc_datakernel.domain.graph.store import Target
from svc_datakernel.domain.graph.view import TransactionDraft
from svc_datakernel.domain.model import ChangeType, Commit, CommitPage, Revision
from svc_datakernel.domain.operations import CommitResult
from svc_datakernel.domain.versioning import (
    ApplyDraft,
    DocumentHistory,
    HistoryEntry,
    RebaseDraft,
    RevertDraft,
    Squash,
    SquashDraft,
)

_APPLY_MESSAGE: Final = "Apply a difference"
_SQUASH_MESSAGE: Final = "Squash"


class TerminusHistory(TerminusPart):
    """See `History`, `DocumentHistories` and `BranchMoves`."""

    async def get_commit(self, database: str, commit: str) -> Commit:
        """See `History.get_commit`."""
        return await read_commit(self._server, database, commit)

    async def resolve(self, database: str, revision: Revision) -> Commit:
        """See `History.resolve`."""
        if revision.time_us is not None:
            return await self._commit_at(database, revision)
        if revision.commit:
            return await self.get_commit(database, revision.commit)
        log = await read_log(self._server, database, revision, count=1)
        if not log:
            raise ResourceNotFound.of("revision", str(revision))
        return log[0]

    async def list_commits(self, database: str, revision: Revision, *, limit: int) -> CommitPage:
        """See `History.list_commits`."""
        if revision.time_us is not None:
            revision = Revision(commit=(await self._commit_at(database, revision)).id)
        log = await read_log(self._server, database, revision, count=limit + 1)
        return CommitPage(log[:limit], log[limit].id if len(log) > limit else None)

    async def merge_base(self, database: str, source: Revision, target: Revision) -> Commit:
        """See `History.merge_base`. The server's commits have one parent each."""
        known = {commit.id async for commit in walk_log(self._server, database, target)}
        async for commit in walk_log(self._server, database, source):
            if commit.id in known:
                return commit
        raise UnrelatedHistories(f"{source} and {target} have no commit in common")

    async def list_document_history(
        self,
        database: str,
        revision: Revision,
        document_id: str,
        *,
        after: str,
        limit: int,
        from_time_us: int | None = None,
        until_time_us: int | None = None,
    ) -> DocumentHistory:
        """See `DocumentHistories.list_document_history`. The server does not say what a commit did:
        the first one created the document, the others are given as updates, without etags.
        """
        path = self._server.places.revision("history", database, revision)
        request = Request("GET", path, {"id": document_id}, is_read=True)
        listed = await self._server.ask_json(request)
        if not isinstance(listed, list):
            raise foreign("its history is no list", 200)
        ids = [commit_id(str(entry.get("identifier"))) for entry in listed]
        start = ids.index(after) if after in ids else 0
        entries: list[HistoryEntry] = []
        for at, id_ in enumerate(ids[start:], start):
            commit = await self.get_commit(database, id_)
            if (from_time_us is not None and commit.time_us < from_time_us) or (
                until_time_us is not None and commit.time_us > until_time_us
            ):
                continue
            if len(entries) == limit:
                return DocumentHistory(entries, id_)
            kind = ChangeType.CREATED if at == len(ids) - 1 else ChangeType.UPDATED
            entries.append(HistoryEntry(commit, kind, ""))
        return DocumentHistory(entries, None)

    async def reset_branch(
        self, database: str, branch: str, target: Revision, *, expected_head: str
    ) -> Commit:
        """See `BranchMoves.reset_branch`. The server takes no expected head."""
        if expected_head:
            raise refuse("conditional_head_moves")
        commit = await self.resolve(database, target) if not target.commit else None
        wanted = commit.id if commit else target.commit
        descriptor = self._server.places.descriptor(database, Revision(commit=wanted))
        content = json.dumps({"commit_descriptor": descriptor}).encode()
        path = self._server.places.branch("reset", database, branch)
        await self._server.ask(Request("POST", path, body=content))
        self._heads.pop((database, branch or "main"), None)
        return commit or await self.get_commit(database, wanted)

    async def rebase_branch(self, database: str, branch: str, draft: RebaseDraft) -> Rebase:
        """See `BranchMoves.rebase_branch`. The server gives every commit the rebase's author."""
        _check_move(draft.request_id, draft.expected_head)
        content = json.dumps(
            {
                "author": draft.author,
                "rebase_from": self._server.places.descriptor(database, draft.onto),
            },
            ensure_ascii=False,
        ).encode()
        path = self._server.places.branch("rebase", database, branch)
        answer = await self._server.ask_json(Request("POST", path, body=content))
        self._heads.pop((database, branch or "main"), None)
        report = answer.get("api:rebase_report", []) if isinstance(answer, dict) else []
        rebased = [_rebased(entry) for entry in report]
        base = str(answer.get("api:common_commit_id", ""))
        head = await self.resolve(database, Revision(branch=branch))
        is_forward = not rebased and bool(answer.get("api:forwarded_commits"))
        return Rebase(head, commit_id(base) if base else "", rebased, is_forward)

    async def squash_branch(self, database: str, branch: str, draft: SquashDraft) -> Squash:
        """See `BranchMoves.squash_branch`."""
        _check_move(draft.request_id, draft.expected_head)
        if draft.base is not None:
            raise refuse("squash_base")
        info = commit_info(draft.author, draft.message or _SQUASH_MESSAGE)
        path = self._server.places.branch("squash", database, branch)
        content = f'{{"commit_info": {info}}}'.encode()
        answer = await self._server.ask_json(Request("POST", path, body=content))
        if not isinstance(answer, dict) or "api:commit" not in answer:
            raise ResourceNotFound(f"branch {branch!r} holds nothing to squash")
        new, old = (
            commit_id(str(answer[name]).rpartition("/")[2])
            for name in ("api:commit", "api:old_commit")
        )
        if draft.is_moving:
            await self.reset_branch(database, branch, Revision(commit=new), expected_head="")
        return Squash(await self.get_commit(database, new), old)

    async def apply_difference(self, database: str, branch: str, draft: ApplyDraft) -> CommitResult:
        """See `BranchMoves.apply_difference`."""
        _check_move(draft.request_id, draft.expected_head or draft.data_version)
        before = await self._commit_id_of(database, draft.before)
        after = await self._commit_id_of(database, draft.after)
        message = draft.message or _APPLY_MESSAGE
        return await self._apply(
            Target(database, branch),
            TransactionDraft(draft.author, message),
            (before, after),
            match_final_state=draft.match_final_state,
        )

    async def revert_commit(self, database: str, branch: str, draft: RevertDraft) -> CommitResult:
        """See `BranchMoves.revert_commit`: the commit's difference the other way round."""
        _check_move(draft.request_id, draft.expected_head or draft.data_version)
        commit = await self.get_commit(database, draft.commit_id)
        if not commit.parents:
            raise InvalidField.of("commit_id", "the very first commit can't be undone")
        log = walk_log(self._server, database, Revision(branch=branch))
        if not [entry.id async for entry in log if entry.id == commit.id]:
            raise UnrelatedHistories(f"commit {commit.id} is not in the history of {branch!r}")
        message = draft.message or f"Revert {commit.message}"
        return await self._apply(
            Target(database, branch),
            TransactionDraft(draft.author, message),
            (commit.id, commit.parents[0]),
            match_final_state=False,
        )

    async def _apply(
        self,
        target: Target,
        draft: TransactionDraft,
        ends: tuple[str, str],
        *,
        match_final_state: bool,
    ) -> CommitResult:
        content: dict[str, Any] = {
            "before_commit": server_commit(ends[0]),
            "after_commit": server_commit(ends[1]),
            "commit_info": {"author": draft.author, "message": draft.message},
        }
        if not match_final_state:
            content["match_final_state"] = False
        path = self._server.places.branch("apply", target.database, target.branch)
        request = Request("POST", path, body=json.dumps(content, ensure_ascii=False).encode())
        await self._server.ask(request, InvalidPatch)
        version = await self._head_after(target)
        outcome = await self._outcome(target, draft, version, None, draft.message)
        return CommitResult(outcome.commit, outcome.is_unchanged)

    async def _commit_id_of(self, database: str, revision: Revision) -> str:
        return revision.commit or (await self.resolve(database, revision)).id

    async def _commit_at(self, database: str, revision: Revision) -> Commit:
        at = Revision(branch=revision.branch)
        async for commit in walk_log(self._server, database, at):
            if revision.time_us is None or commit.time_us <= revision.time_us:
                return commit
        raise ResourceNotFound.of("revision", str(revision))


def _rebased(entry: Any) -> tuple[str, str | None]:
    applied = strings(entry.get("api:applied"))
    origin = commit_id(str(entry.get("api:origin_commit")))
    return origin, commit_id(applied[-1]) if applied else None


def _check_move(request_id: str, conditions: str) -> None:
    if request_id:
        raise refuse("request_ids")
    if conditions:
        raise refuse("conditional_head_moves")
