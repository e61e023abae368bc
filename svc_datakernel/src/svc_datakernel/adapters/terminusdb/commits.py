"""Commits as the server's log shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, cast

from oms_core.errors import ResourceNotFound

from svc_datakernel.adapters.terminusdb.errors import foreign
from svc_datakernel.adapters.terminusdb.names import commit_id
from svc_datakernel.adapters.terminusdb.server import Server
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.model import MAIN_BRANCH, Commit, Revision

_MICROSECONDS: Final = 1_000_000
_PAGE: Final = 200


async def read_log(
    server: Server, database: str, revision: Revision, *, start: int = 0, count: int | None = None
) -> Sequence[Commit]:
    """A branch's or a commit's history, newest first."""
    params: dict[str, str] = {}
    if count is not None:
        params["count"] = str(count)
    if start:
        params["start"] = str(start)
    path = server.places.revision("log", database, revision)
    entries = await server.ask_json(Request("GET", path, params, is_read=True))
    if not isinstance(entries, list):
        raise foreign("its log is no list", 200)
    branch = revision.branch or ("" if revision.commit else MAIN_BRANCH)
    return [commit_from(cast("Mapping[str, Any]", entry), branch) for entry in entries]


async def read_commit(server: Server, database: str, commit: str, branch: str = "") -> Commit:
    """One commit by the kernel's id.

    Raises:
        ResourceNotFound: there is none.
    """
    path = server.places.commit("log", database, commit)
    entries = await server.ask_json(Request("GET", path, {"count": "1"}, is_read=True))
    if not isinstance(entries, list) or not entries:
        raise ResourceNotFound.of("commit", commit)
    return commit_from(cast("Mapping[str, Any]", entries[0]), branch or MAIN_BRANCH)


async def walk_log(server: Server, database: str, revision: Revision) -> AsyncIterator[Commit]:
    """A revision's whole history, newest first, a page at a time."""
    start = 0
    while True:
        page = await read_log(server, database, revision, start=start, count=_PAGE)
        for commit in page:
            yield commit
        if len(page) < _PAGE:
            return
        start += _PAGE


def commit_from(entry: Mapping[str, Any], branch: str) -> Commit:
    """A commit from its entry in the log. The server counts neither changes nor commits.

    Its sequence is its time, which is what orders the commits of several branches.

    Raises:
        ServiceUnavailable: it is no such entry.
    """
    identifier, time = entry.get("identifier"), entry.get("timestamp")
    if not isinstance(identifier, str) or not isinstance(time, int | float):
        raise foreign("its log has entries of an unknown form", 200)
    parent = entry.get("parent")
    time_us = round(time * _MICROSECONDS)
    return Commit(
        id=commit_id(identifier),
        parents=(commit_id(parent.rpartition("/")[2]),) if isinstance(parent, str) else (),
        author=str(entry.get("author", "")),
        message=str(entry.get("message", "")),
        time_us=time_us,
        branch=branch,
        sequence=time_us,
        change_count=0,
        request_id="",
        fingerprint=b"",
    )
