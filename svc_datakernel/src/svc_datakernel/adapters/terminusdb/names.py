"""TerminusDB's names for what the kernel names differently: commits, branches, data versions.

The server's commit ids are about 31 letters and digits, not 64 hexadecimal digits. The
kernel's id of such a commit is the hexadecimal form of those characters, filled up with
zero bytes to 32, so the two are translated without asking anybody. These ids are no
hashes: nothing can be verified from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from oms_core.errors import DataCorrupted, ResourceNotFound

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.domain.graph.requests import Graph
from svc_datakernel.domain.model import MAIN_BRANCH, Revision

_ID_BYTES: Final = 32
_SERVER_ID: Final = re.compile(rb"[A-Za-z0-9]{1,32}")
_VERSION: Final = re.compile(r"(branch|commit):([0-9a-f]{64})")


def commit_id(server_id: str) -> str:
    """The kernel's id of a commit.

    Raises:
        DataCorrupted: the server names its commits in a way that is not known.
    """
    raw = server_id.encode()
    if not _SERVER_ID.fullmatch(raw):
        raise DataCorrupted(f"TerminusDB answered with the commit id {server_id[:80]!r}")
    return raw.ljust(_ID_BYTES, b"\0").hex()


def server_commit(commit: str) -> str:
    """The server's id of a commit.

    Raises:
        ResourceNotFound: no commit of a TerminusDB server can have that id.
    """
    try:
        raw = bytes.fromhex(commit).rstrip(b"\0")
    except ValueError:
        raw = b""
    if not _SERVER_ID.fullmatch(raw):
        raise ResourceNotFound.of("commit", commit)
    return raw.decode("ascii")


def data_version(server_version: str) -> str:
    """The kernel's form of a data version that the server sent; empty stays empty."""
    kind, _, server_id = server_version.partition(":")
    return f"{kind}:{commit_id(server_id)}" if server_id else ""


def server_data_version(version: str) -> str:
    """The server's form of a data version. What is none is passed on: the server says so."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return version
    return f"{match[1]}:{server_commit(match[2])}"


def commit_of(server_version: str) -> str:
    """The kernel's id of the commit in a data version that the server sent."""
    _, _, server_id = server_version.partition(":")
    return commit_id(server_id) if server_id else ""


class Places:
    """Paths of one organisation's databases, as segments below `/api`."""

    def __init__(self, organization: str) -> None:
        self._organization = organization

    def database(self, handler: str, database: str) -> Sequence[str]:
        """The database itself, which for most handlers means the head of `main`."""
        return (handler, self._organization, database)

    def branch(self, handler: str, database: str, branch: str) -> Sequence[str]:
        """A branch; `main` in its short form."""
        if branch in ("", MAIN_BRANCH):
            return self.database(handler, database)
        return (*self.database(handler, database), "local", "branch", branch)

    def branch_in_full(self, handler: str, database: str, branch: str) -> Sequence[str]:
        """A branch, also `main`, by its full path."""
        return (*self.database(handler, database), "local", "branch", branch or MAIN_BRANCH)

    def commit(self, handler: str, database: str, commit: str) -> Sequence[str]:
        """A commit by the kernel's id."""
        return (*self.database(handler, database), "local", "commit", server_commit(commit))

    def revision(self, handler: str, database: str, revision: Revision) -> Sequence[str]:
        """A branch or a commit.

        Raises:
            UnsupportedOperation: it is a tag. Times are resolved before.
        """
        if revision.tag:
            raise refuse("tags")
        if revision.commit:
            return self.commit(handler, database, revision.commit)
        return self.branch(handler, database, revision.branch)

    def graph(self, handler: str, database: str, revision: Revision, graph: Graph) -> Sequence[str]:
        """One graph of a branch or commit."""
        if revision.commit:
            return (*self.commit(handler, database, revision.commit), graph.value)
        return (*self.branch_in_full(handler, database, revision.branch), graph.value)

    def descriptor(self, database: str, revision: Revision) -> str:
        """A branch or commit as a value in a body: `admin/db/local/branch/main`."""
        if revision.tag:
            raise refuse("tags")
        if revision.commit:
            return "/".join(self.commit("", database, revision.commit)[1:])
        segments = self.branch_in_full("", database, revision.branch)
        return "/".join(segments[1:])
