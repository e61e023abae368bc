"""Making on one branch the changes that were made elsewhere, document by document.

What was changed since is merged member by member where documents allow that, which
those of graph databases do; others are taken as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oms_core.errors import PatchConflict, PreconditionViolation

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph.blaming import plain
from svc_datakernel.domain.graph.json_diff import diff
from svc_datakernel.domain.graph.json_merge import JsonConflict, JsonMerge, merge
from svc_datakernel.domain.graph.json_patch import patch
from svc_datakernel.domain.graph.json_values import ABSENT
from svc_datakernel.domain.wording import counted

_MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Versions:
    """A document's JSON before and after a change made elsewhere, and here; None for nothing."""

    document_id: str
    before: bytes | None
    after: bytes | None
    here: bytes | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A document that could not be changed; `details` in TerminusDB's form, with its `@id`."""

    document_id: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Strictness:
    """When a change does not fit.

    Args:
        match_final_state: What is already as it should become is no conflict.
        skips_missing: A change of a document that is not here any more is passed over.
    """

    match_final_state: bool = True
    skips_missing: bool = False


def merge_documents(versions: Versions, strictness: Strictness) -> bytes | Conflict | None:
    """What becomes of a document that is neither as it was before the change nor as after it.

    Returns:
        Canonical JSON, None where there is to be no document, or the conflict.
    """
    if versions.here is None:
        if strictness.skips_missing and versions.before is not None:
            return None
        return _missing(versions)
    if versions.after is None or versions.before is None:
        return _whole_conflict(versions)
    base, here, there = (
        parse_exact(json.decode()) for json in (versions.before, versions.here, versions.after)
    )
    # In the schema order means something: of a key's fields, of an enum's values.
    is_schema = versions.document_id.startswith("@")
    merged = merge(base, here, there, are_arrays_sets=not is_schema)
    if not merged.conflicts and strictness.match_final_state:
        return write_exact(merged.value)
    found = patch(
        plain(here),
        diff(plain(base), plain(there)),
        match_final_state=strictness.match_final_state,
    )
    if not merged.conflicts and found.conflict is None:
        return write_exact(merged.value)
    details = found.conflict if isinstance(found.conflict, dict) else {}
    named = {"@id": versions.document_id, **(details or _named(merged))}
    return Conflict(versions.document_id, named)


def whole_conflict(versions: Versions) -> Conflict:
    """The conflict of a document that can only be taken as a whole."""
    return _missing(versions) if versions.here is None else _whole_conflict(versions)


def patch_conflict(conflicts: Sequence[Conflict], what: str) -> PatchConflict:
    """The error that names the documents in conflict, up to 100."""
    named = conflicts[:_MOST_NAMED]
    return PatchConflict(
        f"{counted(len(conflicts), 'document is', 'documents are')} not as {what} expects; "
        "make the change on what is there now",
        metadata={
            "api_error": "api:PatchConflict",
            "conflicts": write_exact([dict(each.details) for each in named]).decode(),
            "conflict_count": str(len(conflicts)),
        },
        preconditions=[
            PreconditionViolation("PATCH_CONFLICT", each.document_id, "changed since")
            for each in named
        ],
    )


def _named(merged: JsonMerge) -> dict[str, Any]:
    """Conflicts by their places, where a patch of the whole would have none."""
    return {each.pointer: {"@op": "Conflict", **_sides(each)} for each in merged.conflicts}


def _sides(conflict: JsonConflict) -> dict[str, Any]:
    sides = {"@expected": conflict.base, "@found": conflict.target}
    return {name: plain(value) for name, value in sides.items() if value is not ABSENT}


def _missing(versions: Versions) -> Conflict:
    details = {"@op": "DeleteConflict", "@id_does_not_exists": versions.document_id}
    return Conflict(versions.document_id, {"@id": versions.document_id, **details})


def _whole_conflict(versions: Versions) -> Conflict:
    if versions.before is None:
        details = {"@op": "InsertConflict", "@id_already_exists": versions.document_id}
    else:
        details = {"@op": "Conflict", "@expected": _read(versions.before)}
        details["@found"] = _read(versions.here)
    return Conflict(versions.document_id, {"@id": versions.document_id, **details})


def _read(json: bytes | None) -> Any:
    return None if json is None else plain(parse_exact(json.decode()))
