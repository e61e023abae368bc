"""What `DiffService.CompareJson` compares: JSON values, or documents as of revisions."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from oms_core.errors import FieldViolation, InvalidPatch, ResourceNotFound

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import json_diff, reading
from svc_datakernel.domain.graph.json_requests import parse_object
from svc_datakernel.domain.graph.json_values import is_object
from svc_datakernel.domain.graph.requests import Form, Selection
from svc_datakernel.domain.graph.store import Body, Comparison
from svc_datakernel.domain.graph.view import GraphView, Snapshots
from svc_datakernel.domain.model import Commit, Revision
from svc_datakernel.domain.store import History

_COMMIT_ID: Final = re.compile(r"[0-9a-f]{64}")
_DATA_VERSION: Final = re.compile(r"(?:branch|commit):(\w+)")
_PAGE: Final = 500
# TerminusDB's own answer shows documents as it reads them, whatever the caller prefers.
_FORM: Final = Form()


class Comparer:
    """Compares as the body of a request says.

    Args:
        snapshots: Reads documents as of a commit.
        history: Resolves revisions, and tells which documents differ between two.
    """

    def __init__(self, snapshots: Snapshots, history: History) -> None:
        self._snapshots = snapshots
        self._history = history

    async def compare(self, database: str, comparison: Comparison) -> Body:
        """See `GraphQueries.compare`.

        Raises:
            InvalidDocument, InvalidPatch: the body says nothing that can be compared.
            ResourceNotFound: a document that is in neither revision.
        """
        body = await asyncio.to_thread(parse_object, comparison.body)
        if "before" in body and "after" in body:
            return Body(
                "", await asyncio.to_thread(_difference, body["before"], body["after"], body)
            )
        if "before_data_version" not in body:
            raise _nothing_to_compare()
        before = await self._resolve(database, body, "before_data_version")
        if "after_data_version" in body:
            after = await self._resolve(database, body, "after_data_version")
            if "document_id" in body:
                return await self._document(database, before, after, body)
            return await self._documents(database, (before, after), body, comparison)
        if "after" in body and "document_id" in body:
            document = await self._get(database, before, _text(body, "document_id"))
            patch = await asyncio.to_thread(_difference, document, body["after"], body)
            return Body(before.id, patch)
        raise _nothing_to_compare()

    async def _document(
        self, database: str, before: Commit, after: Commit, body: Mapping[str, Any]
    ) -> Body:
        document_id = _text(body, "document_id")
        old = await self._find(database, before, [document_id])
        new = await self._find(database, after, [document_id])
        if not old and not new:
            raise ResourceNotFound.of("document", document_id, "at either revision")
        patch = await asyncio.to_thread(
            _patch, next(iter(old.values()), None), next(iter(new.values()), None), body
        )
        return Body(after.id, write_exact(patch))

    async def _documents(
        self,
        database: str,
        commits: tuple[Commit, Commit],
        body: Mapping[str, Any],
        comparison: Comparison,
    ) -> Body:
        skip = comparison.skip or _number(body, "start") or 0
        count = comparison.count if comparison.count is not None else _number(body, "count")
        patches: list[Any] = []
        async for patch in self._patches(database, commits, body):
            if count is not None and len(patches) >= skip + count:
                break
            patches.append(patch)
        return Body(commits[1].id, write_exact(patches[skip:]))

    async def _patches(
        self, database: str, commits: tuple[Commit, Commit], body: Mapping[str, Any]
    ) -> AsyncIterator[Any]:
        """Patches of the documents that differ, by id, without those that read the same."""
        after: str | None = ""
        while after is not None:
            page = await self._history.diff(
                database,
                *(Revision(commit=commit.id) for commit in commits),
                types=(),
                with_documents=False,
                after=after,
                limit=_PAGE,
            )
            ids = [each.document_id for each in page.differences if each.document_id[0] != "@"]
            old = await self._find(database, commits[0], ids)
            new = await self._find(database, commits[1], ids)
            for id_ in ids:
                patch = await asyncio.to_thread(_patch, old.get(id_), new.get(id_), body)
                if not json_diff.is_empty(patch):
                    yield patch
            after = page.after

    async def _get(self, database: str, commit: Commit, document_id: str) -> Any:
        found = await self._find(database, commit, [document_id])
        if not found:
            raise ResourceNotFound.of("document", document_id, f"in commit {commit.id}")
        return next(iter(found.values()))

    async def _find(self, database: str, commit: Commit, ids: Sequence[str]) -> dict[str, Any]:
        """Documents as they are read, by the ids asked for; those that are there."""

        def find(view: GraphView) -> dict[str, Any]:
            present, _ = reading.check(view, ids, Selection().graph)
            if not present:
                return {}  # a selection without ids is one of everything
            read = reading.read(view, Selection(ids=present), _FORM)
            return {
                id_: parse_exact(each.decode()) for id_, each in zip(present, read, strict=True)
            }

        return await self._snapshots.read(database, Revision(commit=commit.id), find)

    async def _resolve(self, database: str, body: Mapping[str, Any], member: str) -> Commit:
        """The commit that a data version, a commit's id, a branch or a tag means."""
        given = _text(body, member)
        matched = _DATA_VERSION.fullmatch(given)
        name = matched.group(1) if matched else given
        candidates = [Revision(commit=name)] if _COMMIT_ID.fullmatch(name) else []
        if not matched:
            candidates += [Revision(branch=name), Revision(tag=name)]
        for revision in candidates:
            try:
                return await self._history.resolve(database, revision)
            except ResourceNotFound as exc:
                if exc.metadata.get("resource_type") == "database":
                    raise
        why = f"{given!r} is no commit, branch, tag or data version of the database"
        raise InvalidPatch(
            f"{member}: {why}",
            metadata={"api_error": "api:NotValidRefError", "ref": given},
            fields=[FieldViolation(f"body.{member}", why)],
        )


def _difference(before: Any, after: Any, body: Mapping[str, Any]) -> bytes:
    return write_exact(_diff(before, after, body))


def _diff(before: Any, after: Any, body: Mapping[str, Any]) -> Any:
    keep = body.get("keep")
    return json_diff.diff(
        before,
        after,
        keep=keep if is_object(keep) else None,
        copy_value=body.get("copy_value") is True,
    )


def _patch(before: Any | None, after: Any | None, body: Mapping[str, Any]) -> Any:
    if before is None:
        return {"@op": "Insert", "@insert": after}
    if after is None:
        return {"@op": "Delete", "@delete": before}
    return _diff(before, after, body)


def _text(body: Mapping[str, Any], member: str) -> str:
    value = body[member]
    if type(value) is not str:
        raise InvalidPatch(f"{member} has to be a string", metadata={"field": f"body.{member}"})
    return value


def _number(body: Mapping[str, Any], member: str) -> int | None:
    value = body.get(member)
    try:
        number = None if value is None else int(value)
    except (TypeError, ValueError):
        number = -1
    if number is not None and number < 0:
        raise InvalidPatch(
            f"{member} has to be a whole number, 0 or more",
            metadata={"api_error": "api:BadParameterType", "field": f"body.{member}"},
        )
    return number


def _nothing_to_compare() -> InvalidPatch:
    return InvalidPatch(
        "the body has to hold before and after, or before_data_version with after_data_version "
        "or with after and document_id",
        metadata={"api_error": "api:RequiredFieldsChoiceMissing", "field": "body"},
    )
