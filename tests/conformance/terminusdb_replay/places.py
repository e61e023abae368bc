"""TerminusDB's resource paths as databases, branches and revisions."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from oms.common.v1.revision_pb2 import Revision

from .kernel import NotOffered

ORGANISATION: Final = "admin"
_COMMIT: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Place:
    """A database, and a branch or a commit in it."""

    database: str
    branch: str = "main"
    commit: str = ""

    @property
    def name(self) -> str:
        """Resource name of the database."""
        return f"databases/{self.database}"

    @property
    def parent(self) -> str:
        """Resource name of the branch to write to."""
        if self.commit:
            raise NotOffered("a commit can't be written to: the API has no name for that")
        return f"{self.name}/branches/{self.branch}"

    @property
    def revision(self) -> Revision:
        """What to read."""
        return Revision(commit=self.commit) if self.commit else Revision(branch=self.branch)


def place(path: str) -> Place:
    """The place that `org/db[/local/branch/x | /local/commit/x]` means.

    Raises:
        NotOffered: it is another kind of path.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) == 2 or (len(parts) == 3 and parts[2] == "local"):
        return Place(database_id(parts[1], parts[0]))
    if len(parts) == 5 and parts[2] == "local" and parts[3] in ("branch", "commit"):
        if parts[3] == "branch":
            return Place(database_id(parts[1], parts[0]), parts[4])
        return Place(database_id(parts[1], parts[0]), commit=commit_id(parts[4]))
    raise NotOffered(f"the path {path!r} names no branch and no commit")


def database_id(name: str, organisation: str = ORGANISATION) -> str:
    """A database's id: lowercase letters, digits and `-`; that of another organisation has its
    name in front."""
    own = name if organisation == ORGANISATION else f"{organisation}-{name}"
    return own.lower().replace("_", "-")


def commit_id(name: str) -> str:
    """A commit's id; one that TerminusDB would take becomes one of OMS that no commit has."""
    return name if _COMMIT.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()


def revision(name: str) -> Revision:
    """What a commit's id or a branch's name means."""
    if _COMMIT.fullmatch(name) or re.fullmatch(r"[a-z0-9]{31}", name):
        return Revision(commit=commit_id(name))
    return Revision(branch=name)
