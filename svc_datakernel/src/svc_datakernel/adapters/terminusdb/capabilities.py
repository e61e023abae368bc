"""What a TerminusDB server can't do for the kernel, by name and with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oms_core.errors import UnsupportedOperation

BACKEND: Final = "terminusdb"

MISSING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "json_databases": "the server has no documents without a schema under ids of the caller's "
        "own, nor soft deletion, request ids and the hashes that such databases promise",
        "tags": "the server has no names for commits besides branches",
        "request_ids": "the server does not keep them, so a repeated write could be made twice",
        "soft_delete": "the server keeps no mark of a deleted document; delete for good, and read "
        "it as of an earlier commit",
        "show_deleted": "the server keeps no mark of a deleted document; read it as of an earlier "
        "commit",
        "dry_run": "the server commits what it is asked; only migrations can be tried out",
        "verification": "commit ids of the server are no hashes of what was committed",
        "replication": "commits of the server can't be made elsewhere under the same id",
        "maintenance": "the server takes care of its own files; see its `optimize` and its backups",
        "merge_conditions": "the server applies a difference to whatever the branch's head is",
        "branch_moves": "the server keeps no record of where its branches were",
        "blame": "the server does not say which commit wrote a value",
        "explain": "the server does not show its plan",
        "schema_comparison": "the server does not compare schemas",
        "conditional_head_moves": "the server's reset, rebase and squash take no expected head",
        "merge_resolutions": "the server applies a difference whole or not at all",
        "resume_after": "the server lists documents in an order of its own; use skip",
        "squash_base": "the server squashes a branch down to its first commit only",
        "database_kind": "the server keeps a label and a comment of a database, no kind",
        "query_paging": "the order of the server's rows varies between runs; stream the query",
        "several_types": "the server lists one class at a time, and classes may overlap",
        "prefixed_names": "the server shows property names in full only with full ids",
        "full_commit_conditions": "the server checks the version of documents and queries only",
    }
)


def refuse(capability: str) -> UnsupportedOperation:
    """The error about one of them."""
    why = MISSING[capability]
    return UnsupportedOperation(
        f"{capability} is not offered on TerminusDB: {why}",
        metadata={"capability": capability, "backend": BACKEND, "why": why},
    )
