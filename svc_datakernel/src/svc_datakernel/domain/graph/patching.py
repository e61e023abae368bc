"""Patches documents of a graph database, as they are shown, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from oms_core.errors import FieldViolation, InvalidDocument, InvalidPatch

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import documents, json_patch, reading
from svc_datakernel.domain.graph.json_values import equal, is_array, is_object
from svc_datakernel.domain.graph.requests import Deletion, Form, Insertion, Selection, Written
from svc_datakernel.domain.graph.view import DocumentChange, GraphView, Work
from svc_datakernel.domain.transplanting import Conflict, patch_conflict


class _Wanted(NamedTuple):
    """What the patches come to: whole documents to write, new ones, and ids to delete."""

    replaced: Sequence[Any]
    inserted: Sequence[Any]
    deleted: Sequence[str]


def patch_documents(view: GraphView, body: bytes, match_final_state: bool) -> Work[Written]:
    """Patches documents by their `@id`.

    Args:
        body: A patch, or an array of them: `{"@id": …, "name": {"@op": "SwapValue", …}}`,
            `{"@op": "Insert", "@insert": {…}}` or `{"@op": "Delete", "@delete": {…} or an id}`.
        match_final_state: What is already as its patch leaves it is no conflict.
    Raises:
        InvalidDocument, InvalidPatch: the body can't be understood.
        PatchConflict: names what is not as the patches expect.
        ResourceNotFound, SchemaViolation.
    """
    patches = _parse(body)
    conflicts: list[Conflict] = []
    wanted = _want(view, patches, conflicts, match_final_state=match_final_state)
    if conflicts:
        raise patch_conflict(conflicts, "the patch")
    work = _write(view, wanted, match_final_state=match_final_state)
    deleted = _delete(view, wanted.deleted)
    changes: Sequence[DocumentChange] = [*work.changes, *deleted.changes]
    return Work(changes, Written([*work.answer.ids, *deleted.answer.ids]))


def _parse(body: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        parsed = parse_exact(body.decode())
    except (ValueError, RecursionError) as exc:
        why = f"is no JSON: {exc}"
        raise InvalidDocument(
            f"the patch {why}",
            metadata={"field": "patch", "api_error": "api:BadJSON"},
            fields=[FieldViolation("patch", why)],
        ) from exc
    patches = parsed if is_array(parsed) else [parsed]
    for patch in patches:
        if not is_object(patch):
            raise _invalid("a patch is an object, or several in an array")
    return patches


def _want(
    view: GraphView,
    patches: Sequence[Mapping[str, Any]],
    conflicts: list[Conflict],
    *,
    match_final_state: bool,
) -> _Wanted:
    replaced: list[Any] = []
    inserted: list[Any] = []
    deleted: list[str] = []
    for patch in patches:
        if "@insert" in patch:
            inserted.append(patch["@insert"])
        elif "@delete" in patch:
            found = _deletion(view, patch["@delete"], match_final_state=match_final_state)
            if isinstance(found, Conflict):
                conflicts.append(found)
            elif found:
                deleted.append(found)
        else:
            id_ = _id_of(patch)
            done = json_patch.patch(
                _shown(view, id_), _inner(patch), match_final_state=match_final_state
            )
            if done.conflict is None:
                replaced.append(_without_nulls(done.value))
            else:
                conflicts.append(Conflict(id_, {"@id": id_, **done.conflict}))
    return _Wanted(replaced, inserted, deleted)


def _write(view: GraphView, wanted: _Wanted, *, match_final_state: bool) -> Work[Written]:
    """Writes what is replaced and what is new together, so that each may refer to the other."""
    both = [*wanted.replaced, *wanted.inserted]
    if not both:
        return Work([], Written([]))
    if not wanted.replaced:
        return documents.insert(view, Insertion(write_exact(both)))
    insertion = Insertion(write_exact(both), is_replace=True, create=bool(wanted.inserted))
    work = documents.insert(view, insertion)
    there = view.documents([change.id for change in work.changes])
    new = set(work.answer.ids[len(wanted.replaced) :])
    # A document that was to be new and is there already was replaced by the call above.
    taken = [
        Conflict(change.id, {"@op": "InsertConflict", "@id_already_exists": change.id})
        for change in work.changes
        if change.id in there and view.database.base_iri + change.id in new
    ]
    if taken and not match_final_state:
        raise patch_conflict(taken, "the patch")
    return work


def _delete(view: GraphView, ids: Sequence[str]) -> Work[Written]:
    return documents.delete(view, Deletion(ids)) if ids else Work([], Written([]))


def _deletion(view: GraphView, wanted: Any, *, match_final_state: bool) -> str | Conflict | None:
    """The id to delete; None where it is gone already and that is fine."""
    id_ = wanted if isinstance(wanted, str) else _id_of(wanted)
    present, _ = reading.check(view, [id_], Selection().graph)
    if not present:
        details = {"@op": "DeleteConflict", "@id_does_not_exists": id_}
        return None if match_final_state else Conflict(id_, details)
    if is_object(wanted) and len(wanted) > 1 and not match_final_state:
        found = _shown(view, id_)
        if not equal(found, dict(wanted)):
            details = {"@op": "Conflict", "@expected": dict(wanted), "@found": found}
            return Conflict(id_, {"@id": id_, **details})
    return id_


def _shown(view: GraphView, id_: str) -> Any:
    """A document as it is read, with its lists and subdocuments in place."""
    found = b"".join(reading.read(view, Selection([id_]), Form()))
    return parse_exact(found.decode())


def _id_of(patch: Any) -> str:
    id_ = patch.get("@id") if is_object(patch) else None
    if not isinstance(id_, str):
        raise _invalid("it names no document: @id is missing")
    return id_


def _inner(patch: Mapping[str, Any]) -> Mapping[str, Any]:
    # The id may be written in full, and is no change of the document's.
    return {key: member for key, member in patch.items() if key not in ("@id", "@type")}


def _without_nulls(document: Any) -> Any:
    """A document without what a patch took out."""
    return {key: member for key, member in document.items() if member is not None}


def _invalid(why: str) -> InvalidPatch:
    return InvalidPatch(f"the patch can't be understood: {why}", metadata={"field": "patch"})
