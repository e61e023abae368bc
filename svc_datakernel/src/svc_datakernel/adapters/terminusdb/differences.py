"""Differences of commits, and merges, on a TerminusDB server."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

from oms_core.errors import MergeConflict, PatchConflict

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.adapters.terminusdb.errors import foreign
from svc_datakernel.adapters.terminusdb.history import TerminusHistory
from svc_datakernel.adapters.terminusdb.json_slices import elements, members
from svc_datakernel.adapters.terminusdb.names import server_commit
from svc_datakernel.adapters.terminusdb.server import text_of
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.hashing import content_hash, etag_of
from svc_datakernel.domain.merging import MergeDraft, MergeOutcome, MergeResult
from svc_datakernel.domain.model import (
    ChangePart,
    ChangeType,
    Commit,
    Difference,
    DifferencePage,
    Revision,
    TypeCount,
)
from svc_datakernel.domain.versioning import ApplyDraft

_CHANGES: Final = {"Insert": ChangeType.CREATED, "Delete": ChangeType.DELETED}


class TerminusDifferences(TerminusHistory):
    """See `History.diff`, `Writing.merge` and `CommitLog.read_changes`."""

    async def diff(
        self,
        database: str,
        base: Revision,
        target: Revision,
        *,
        types: Sequence[str],
        with_documents: bool,
        after: str,
        limit: int,
    ) -> DifferencePage:
        """See `History.diff`. Every page compares the two commits anew."""
        ends = await asyncio.gather(self.resolve(database, base), self.resolve(database, target))
        found = await self._compared(database, ends[0].id, ends[1].id)
        found = [item for item in found if not types or item.type in types]
        page = [item for item in found if item.document_id > after][: limit + 1]
        is_more = len(page) > limit
        page = page[:limit]
        return DifferencePage(
            base_commit=ends[0].id,
            target_commit=ends[1].id,
            differences=[_shown(item, with_documents=with_documents) for item in page],
            after=page[-1].document_id if is_more else None,
            counts=[] if after else _counts(found),
        )

    async def read_changes(
        self, database: str, commit: Commit, *, start: int, limit: int, with_documents: bool
    ) -> ChangePart:
        """See `CommitLog.read_changes`. A commit without a parent made what is there."""
        if commit.parents:
            found = await self._compared(database, commit.parents[0], commit.id)
        else:
            found = await self._created_by(database, commit.id)
        part = [_shown(item, with_documents=with_documents) for item in found[start:][:limit]]
        end = start + len(part)
        return ChangePart(part, end if end < len(found) else None)

    async def merge(self, database: str, branch: str, draft: MergeDraft) -> MergeResult:
        """See `Writing.merge`: the difference between the merge base and the source is applied to
        the branch, whole or not at all, as a commit with one parent.

        Raises:
            MergeConflict: the branch changed the same places of a document differently.
        """
        _check_merge(draft)
        source = await self.resolve(database, draft.source)
        target = await self.resolve(database, Revision(branch=branch))
        at_source, at_target = Revision(commit=source.id), Revision(commit=target.id)
        base = await self.merge_base(database, at_source, at_target)
        if base.id == source.id:
            return MergeResult(
                MergeOutcome.UP_TO_DATE, target, base.id, target.id, source.id, change_count=0
            )
        changes = await self._patches(database, base.id, source.id)
        message = draft.message or f"Merge {draft.source} into {branch}"
        apply = ApplyDraft(
            Revision(commit=base.id),
            at_source,
            draft.author,
            match_final_state=True,
            message=message,
        )
        try:
            result = await self.apply_difference(database, branch, apply)
        except PatchConflict as exc:
            raise MergeConflict(
                f"{branch!r} and {draft.source} changed the same places differently",
                metadata=exc.metadata,
                preconditions=exc.preconditions,
            ) from exc
        outcome = MergeOutcome.UP_TO_DATE if result.is_unchanged else MergeOutcome.MERGED
        return MergeResult(
            outcome, result.commit, base.id, target.id, source.id, change_count=len(changes)
        )

    async def _patches(self, database: str, base: str, target: str) -> Sequence[dict[str, str]]:
        content = {
            "before_data_version": server_commit(base),
            "after_data_version": server_commit(target),
        }
        path = self._server.places.database("diff", database)
        request = Request("POST", path, body=json.dumps(content).encode(), is_read=True)
        answer = await self._server.ask(request)
        try:
            return [members(patch) for patch in elements(text_of(answer))]
        except ValueError as exc:
            raise foreign("its difference has an unknown form", answer.status) from exc

    async def _compared(self, database: str, base: str, target: str) -> list[Difference]:
        turns = asyncio.Semaphore(self._server.pool_size)

        async def difference(patch: dict[str, str]) -> Difference:
            operation = json.loads(patch.get("@op", '""'))
            if operation in _CHANGES:
                content = patch["@insert" if operation == "Insert" else "@delete"].encode()
                return _difference(_CHANGES[operation], content, content)
            async with turns:
                id_ = json.loads(patch["@id"])
                before = await self._document(database, base, id_)
                return _difference(
                    ChangeType.UPDATED, before, await self._document(database, target, id_)
                )

        patches = await self._patches(database, base, target)
        found = await asyncio.gather(*(difference(patch) for patch in patches))
        return sorted(found, key=lambda item: item.document_id)

    async def _document(self, database: str, commit: str, id_: str) -> bytes:
        path = self._server.places.commit("document", database, commit)
        request = Request("GET", path, {"id": id_}, is_read=True)
        return (await self._server.ask(request)).body.strip()

    async def _created_by(self, database: str, commit: str) -> list[Difference]:
        path = self._server.places.commit("document", database, commit)
        objects = await self._server.stream_objects(Request("GET", path, is_read=True))
        async with aclosing(objects):
            found = [_difference(ChangeType.CREATED, item, item) async for item in objects]
        return sorted(found, key=lambda item: item.document_id)


def _difference(change: ChangeType, before: bytes, after: bytes) -> Difference:
    named = members(after.decode())
    type_ = str(json.loads(named.get("@type", '""')))
    is_there_before = change is not ChangeType.CREATED
    is_there_after = change is not ChangeType.DELETED
    return Difference(
        document_id=str(json.loads(named.get("@id", '""'))),
        type=type_,
        change_type=change,
        before_etag=etag_of(content_hash(type_, before)) if is_there_before else "",
        after_etag=etag_of(content_hash(type_, after)) if is_there_after else "",
        before_json=before if is_there_before else None,
        after_json=after if is_there_after else None,
    )


def _shown(item: Difference, *, with_documents: bool) -> Difference:
    if with_documents:
        return item
    return Difference(
        item.document_id, item.type, item.change_type, item.before_etag, item.after_etag
    )


def _counts(found: Sequence[Difference]) -> Sequence[TypeCount]:
    counted = Counter((item.type, item.change_type) for item in found)
    return [
        TypeCount(
            type_,
            counted[type_, ChangeType.CREATED],
            counted[type_, ChangeType.UPDATED],
            counted[type_, ChangeType.DELETED],
        )
        for type_ in sorted({item.type for item in found})
    ]


def _check_merge(draft: MergeDraft) -> None:
    if draft.request_id:
        raise refuse("request_ids")
    if draft.is_dry_run:
        raise refuse("dry_run")
    if draft.expected_head:
        raise refuse("merge_conditions")
    if draft.resolutions or draft.default_resolution is not None:
        raise refuse("merge_resolutions")
