"""What every part of the store shares: the server, and how a write is asked for and answered."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from oms_core.errors import DataVersionMismatch, OmsError, StaleHead

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.commits import read_commit
from svc_datakernel.adapters.terminusdb.names import commit_of, server_data_version
from svc_datakernel.adapters.terminusdb.server import Server
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.graph.store import Source, Target
from svc_datakernel.domain.graph.view import Outcome, TransactionDraft
from svc_datakernel.domain.model import Commit, Revision

T = TypeVar("T")

_MOST_HEADS: Final = 10_000


class TerminusPart(ABC):
    """Base of the parts of `TerminusStore`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        # Heads as last seen here: only to tell a write that changed nothing from one that did.
        self._heads: dict[tuple[str, str], str] = {}

    async def _at(self, source: Source) -> Source:
        """The same with a time turned into the commit that was the head then."""
        if source.revision.time_us is None:
            return source
        commit = await self._commit_at(source.database, source.revision)
        return Source(source.database, Revision(commit=commit.id), source.data_version)

    @abstractmethod
    async def _commit_at(self, database: str, revision: Revision) -> Commit:
        """The commit that a branch was at, at a time; the history's part knows."""

    def _saw(self, database: str, branch: str, version: str) -> None:
        if version.startswith("branch:"):
            while len(self._heads) >= _MOST_HEADS:
                del self._heads[next(iter(self._heads))]
            self._heads[database, branch or "main"] = commit_of(version)

    async def _outcome(
        self, target: Target, draft: TransactionDraft, version: str, answer: T, message: str
    ) -> Outcome[T]:
        """How a write ended, from the data version that came with its answer.

        The server does not say whether it made a commit. It did not when the branch is where it
        was seen last, or at a commit of other words or another author.
        """
        commit_id = commit_of(version)
        before = draft.expected_head or self._heads.get((target.database, target.branch or "main"))
        self._saw(target.database, target.branch, version)
        commit = await read_commit(self._server, target.database, commit_id, target.branch)
        is_ours = (commit.author, commit.message) == (draft.author, message)
        return Outcome(commit, before == commit_id or not is_ours, answer)

    async def _head_after(self, target: Target) -> str:
        """The data version of a branch, for writes whose answer does not carry it."""
        path = self._server.places.branch("document", target.database, target.branch)
        answer = await self._server.ask(Request("HEAD", path, is_read=True))
        return answer.data_version


def check_draft(draft: TransactionDraft) -> None:
    """Refuses what the server can't promise, before anything is sent."""
    if draft.is_dry_run:
        raise refuse("dry_run")
    if draft.request_id:
        raise refuse("request_ids")


def message_of(draft: TransactionDraft, otherwise: str) -> str:
    """The commit's message: the server does not take an empty one."""
    return draft.message or otherwise


def condition(draft: TransactionDraft) -> str:
    """The data version that the branch has to be at, as the server writes it; empty for any.

    Raises:
        DataVersionMismatch: the draft asks for two different ones.
    """
    if not draft.expected_head:
        return server_data_version(draft.data_version)
    wanted = f"branch:{draft.expected_head}"
    if draft.data_version not in ("", wanted):
        raise DataVersionMismatch(
            "expected_head and data_version name different commits; give one of them",
            metadata={"expected": draft.data_version, "actual": wanted},
        )
    return server_data_version(wanted)


def told(exc: OmsError, target: Target, draft: TransactionDraft) -> OmsError:
    """The error in the words of the request: who gave an expected head hears of heads."""
    if isinstance(exc, DataVersionMismatch) and draft.expected_head and not draft.data_version:
        actual = exc.metadata.get("actual", "").partition(":")[2]
        return StaleHead.of(target.branch or "main", draft.expected_head, actual)
    return exc


def flags(values: Mapping[str, bool]) -> dict[str, str]:
    """Parameters for those that are true."""
    return {name: "true" for name, value in values.items() if value}


def body(members: Mapping[str, str | bytes]) -> bytes:
    """A JSON object of members that are JSON already."""
    raw = [
        json.dumps(name).encode() + b": " + (value.encode() if isinstance(value, str) else value)
        for name, value in members.items()
    ]
    return b"{" + b", ".join(raw) + b"}"


def commit_info(author: str, message: str) -> str:
    """Who and why, as most bodies carry it."""
    return json.dumps({"author": author, "message": message}, ensure_ascii=False)


def strings(value: Any) -> Sequence[str]:
    """The strings of an answered array."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
