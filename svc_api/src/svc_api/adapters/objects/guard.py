"""Keeps objects sound when their types change, or when a branch is merged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import LimitExceeded

from svc_api.adapters.kernel import database_name, ontology_errors
from svc_api.adapters.objects.documents import (
    is_object_document,
    link_of_json,
    object_of_json,
    ref_of_document,
    write_object,
)
from svc_api.adapters.objects.store import ObjectStore
from svc_api.domain.changes import PlannedChange
from svc_api.domain.elements import HEADER_KEY
from svc_api.domain.objects.changes import LinkChange, PlannedObject
from svc_api.domain.objects.evolution import (
    Affected,
    Migration,
    affected,
    contradictions,
    may_contradict,
)
from svc_api.domain.objects.model import Ref, StoredObject
from svc_api.domain.objects.soundness import check, contradiction, needs_of
from svc_api.domain.objects.types import Catalogue
from svc_api.domain.snapshot import Snapshot

# So many are looked for; the error says that there are at least these.
_MOST_COUNTED = 1000
_MOST_MIGRATED = 50_000


@dataclass(slots=True)
class _Brought:
    """What a merge brings to its target."""

    objects: list[tuple[commit_pb2.DocumentDiff, Ref]] = field(
        default_factory=list[tuple[commit_pb2.DocumentDiff, Ref]]
    )
    links: list[LinkChange] = field(default_factory=list[LinkChange])


class ObjectGuard:
    """Checks changes of types and merges against objects, on the commits they are planned on."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._kernel = store.ontologies.kernel

    async def check_types(
        self, base: Snapshot, planned: Sequence[PlannedChange], migration: Migration | None
    ) -> list[commit_pb2.DocumentOperation]:
        """Checks a change of types against the objects there are.

        Returns:
            What has to be committed with it, to migrate the objects.
        Raises:
            SchemaViolation: objects contradict it, with examples.
            InvalidField: a step of the migration makes no sense.
        """
        if migration is None and not may_contradict(planned):
            return []
        if not await self._has_objects(base):
            return []
        before, after = self._store.catalogue_of(base), catalogue_after(base, planned)
        changed = await self._check(base, before, after, migration or Migration(), {})
        return [write_object(ref, values) for ref, values in changed.items()]

    async def check_merge(
        self,
        target: Snapshot,
        taken: Sequence[PlannedChange],
        *,
        base_commit: str,
        source_commit: str,
        sides: Mapping[str, int],
        default_side: int,
    ) -> None:
        """Checks what a merge makes of its target's objects.

        Args:
            taken: What it takes over of types.
            sides: By document id, the side that wins a conflict; `default_side` of all others.
        Raises:
            As for `ObjectStore.apply`, and SchemaViolation.
        """
        brought = await self._brought(target.ontology, base_commit, source_commit)
        is_meaningful = may_contradict(taken) and await self._has_objects(target)
        if not (brought.objects or brought.links or is_meaningful):
            return
        before = self._store.catalogue_of(target)
        after = catalogue_after(target, taken) if taken else before
        planned = await self._planned(target, brought, sides, default_side)
        if is_meaningful:
            overrides = {change.ref: change.after for change in planned}
            await self._check(target, before, after, Migration(), overrides)
        await self._check_brought(target, after, planned, brought.links)

    async def _check(
        self,
        base: Snapshot,
        before: Catalogue,
        after: Catalogue,
        migration: Migration,
        overrides: Mapping[Ref, Mapping[str, Any] | None],
    ) -> dict[Ref, Mapping[str, Any]]:
        found = affected(before, after)
        migrating = migration.types(before)
        world = await self._store.partitions.world(
            base.ontology,
            base.commit_id,
            before,
            types=sorted({*found.types, *migrating}),
            links=found.links,
        )

        def judge() -> dict[Ref, Mapping[str, Any]]:
            migrated = migration.migrated(before, after, world.objects(sorted(migrating)))
            if len(migrated) > _MOST_MIGRATED:
                raise LimitExceeded(
                    f"{len(migrated)} objects would change, more than {_MOST_MIGRATED} in one "
                    "commit; change them in batches first",
                    metadata={"limit": "migrated_objects"},
                )
            whole = Affected(tuple(sorted({*found.types, *migrating})), found.links)
            told = contradictions(base.ontology, world, after, whole, {**overrides, **migrated})
            violations = list(islice(told, _MOST_COUNTED))
            if violations:
                raise contradiction(violations, "objects contradict the change: ")
            return migrated

        return await asyncio.to_thread(judge)

    async def _has_objects(self, snapshot: Snapshot) -> bool:
        request = document_pb2.StreamDocumentsRequest(
            parent=database_name(snapshot.ontology),
            revision=Revision(commit=snapshot.commit_id),
            after_document_id="Object/",
        )
        with ontology_errors(snapshot.ontology):
            call = self._kernel.documents.StreamDocuments(request)
            try:
                async for part in call:
                    # In the order of ids: the first one after the prefix has it, or none does.
                    return any(is_object_document(d.document_id) for d in part.documents[:1])
            finally:
                call.cancel()
        return False

    async def _brought(self, ontology: str, base: str, source: str) -> _Brought:
        brought = _Brought()
        pages = self._diff(ontology, base, source)
        async with aclosing(pages):
            async for page in pages:
                for diff in page.diffs:
                    ref = ref_of_document(diff.document_id)
                    if ref is not None:
                        brought.objects.append((diff, ref))
                    elif is_object_document(diff.document_id):
                        link = link_of_json(diff.after_json or diff.before_json)
                        is_made = bool(diff.after_json)
                        brought.links.append(LinkChange(link, is_made, is_strict=False, path=""))
        return brought

    async def _diff(
        self, ontology: str, base: str, target: str
    ) -> AsyncGenerator[commit_pb2.DiffCommitsResponse]:
        types = await self._differing_types(ontology, base, target)
        # The kernel takes at most 100 types at once.
        for start in range(0, len(types), 100):
            request = commit_pb2.DiffCommitsRequest(
                base=Revision(commit=base),
                target=Revision(commit=target),
                types=types[start : start + 100],
                include_documents=True,
                page_size=1000,
            )
            while True:
                page = await self._kernel.diff_page(ontology, request)
                yield page
                if not page.next_page_token:
                    break
                request.page_token = page.next_page_token

    async def _differing_types(self, ontology: str, base: str, target: str) -> list[str]:
        page = await self._kernel.diff_page(
            ontology,
            commit_pb2.DiffCommitsRequest(
                base=Revision(commit=base), target=Revision(commit=target), page_size=1
            ),
        )
        return [c.type for c in page.counts if c.type.startswith(("Object:", "Link:"))]

    async def _planned(
        self,
        target: Snapshot,
        brought: _Brought,
        sides: Mapping[str, int],
        default_side: int,
    ) -> list[PlannedObject]:
        ours = await self._store.get(
            target.ontology, target.commit_id, [ref for _, ref in brought.objects]
        )
        planned: list[PlannedObject] = []
        for diff, ref in brought.objects:
            stored = ours[ref]
            is_untouched = (stored.etag if stored else "") == diff.before_etag
            side = sides.get(diff.document_id, default_side)
            if is_untouched or side == commit_pb2.MERGE_SIDE_SOURCE:
                values = object_of_json(diff.after_json).values if diff.after_json else None
                planned.append(PlannedObject(ref, stored, values, str(ref)))
        return planned

    async def _check_brought(
        self,
        target: Snapshot,
        after: Catalogue,
        planned: Sequence[PlannedObject],
        links: Sequence[LinkChange],
    ) -> None:
        needs = needs_of(after, planned, links)
        known: dict[Ref, StoredObject | None] = {c.ref: c.before for c in planned}
        missing = [ref for ref in needs.refs if ref not in known]
        known |= await self._store.get(target.ontology, target.commit_id, missing)
        types = {link.link.link_type for link in links} | needs.links
        world = await self._store.partitions.world(
            target.ontology,
            target.commit_id,
            after,
            types=sorted(needs.types),
            links=sorted(types),
        )
        # A link that the target took away itself is nothing to take away any more.
        standing = [
            link
            for link in links
            if link.is_made
            or world.links[link.link.link_type].has(link.link.source, link.link.target)
        ]
        await asyncio.to_thread(check, target.ontology, world, planned, standing, known)


def catalogue_after(base: Snapshot, planned: Sequence[PlannedChange]) -> Catalogue:
    """The types as they would be."""
    changes = {change.key: change.after for change in planned if change.key != HEADER_KEY}
    return Catalogue(base.elements.overlaid(changes))
