"""Objects of ontologies: read as of commits, written as commits beside their types."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.errors import StaleHead

from svc_api.adapters.kernel import MAIN_BRANCH
from svc_api.adapters.objects.documents import (
    delete_link,
    delete_object,
    write_link,
    write_object,
)
from svc_api.adapters.objects.partitions import Partitions
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.writing import find_earlier
from svc_api.domain.objects.changes import (
    LinkChange,
    ObjectChange,
    PlannedObject,
    plan_object,
    refuse_duplicates,
)
from svc_api.domain.objects.model import Ref, StoredObject
from svc_api.domain.objects.soundness import Outcome, check, needs_of
from svc_api.domain.objects.types import Catalogue
from svc_api.domain.objects.world import World
from svc_api.domain.snapshot import Snapshot

_MANY_CHANGES = 200
_FEW_CHANGES = 1000
_MOST_CATALOGUES = 16


@dataclass(frozen=True, slots=True)
class ObjectDraft:
    """A write of objects that is planned on whatever the branch holds when its turn comes."""

    ontology: str
    branch: str
    objects: Sequence[ObjectChange]
    links: Sequence[LinkChange]
    expected_head: str
    message: str
    request_id: str
    fingerprint: bytes
    validate_only: bool = False


@dataclass(frozen=True, slots=True)
class WrittenObjects:
    """What a write came to. `objects` are those changed, as they are now; None is gone.

    `objects` is empty after a write of more than 1,000 objects.
    """

    commit_id: str
    unchanged: bool
    objects: Mapping[Ref, StoredObject | None]


class ObjectStore:
    """Reads and writes objects. Shared by every servicer; safe to use concurrently.

    Args:
        max_kept, max_loaded: See `Partitions`.
    """

    def __init__(self, ontologies: OntologyStore, *, max_kept: int, max_loaded: int) -> None:
        self.ontologies = ontologies
        self._kernel = ontologies.kernel
        self.partitions = Partitions(self._kernel, max_kept=max_kept, max_loaded=max_loaded)
        self._catalogues: OrderedDict[tuple[str, int], tuple[Snapshot, Catalogue]] = OrderedDict()

    async def catalogue(self, ontology: str, commit_id: str) -> Catalogue:
        """The types of an ontology as of a commit."""
        return self.catalogue_of(await self.ontologies.snapshots.get(ontology, commit_id))

    def catalogue_of(self, snapshot: Snapshot) -> Catalogue:
        """The types of a snapshot; the same for all commits that leave the types as they are."""
        at = (snapshot.ontology, id(snapshot.elements))
        found = self._catalogues.get(at)
        if found is None or found[0].elements is not snapshot.elements:
            found = self._catalogues[at] = (snapshot, Catalogue(snapshot.elements))
            if len(self._catalogues) > _MOST_CATALOGUES:
                self._catalogues.popitem(last=False)
        self._catalogues.move_to_end(at)
        return found[1]

    async def world(
        self,
        ontology: str,
        commit_id: str,
        *,
        types: Iterable[str],
        links: Iterable[str] = (),
    ) -> World:
        """The objects of some types and links of some link types as of a commit."""
        catalogue = await self.catalogue(ontology, commit_id)
        return await self.partitions.world(ontology, commit_id, catalogue, types=types, links=links)

    async def get(
        self, ontology: str, commit_id: str, refs: Sequence[Ref]
    ) -> dict[Ref, StoredObject | None]:
        """Some objects as of a commit; None is not there."""
        return await self.partitions.fetch(ontology, commit_id, refs)

    async def apply(self, draft: ObjectDraft) -> WrittenObjects:
        """Applies changes to a branch as one commit, all of them or none.

        Without an `expected_head` they are planned anew when the branch moves in between. A
        repeated `request_id` answers what the first call did.

        Raises:
            ResourceNotFound: the ontology, the branch, a type, or an object or link to change.
            ResourceAlreadyExists: an object or link to create.
            StaleHead, StaleEtag: something moved on.
            RequestIdReused: the request id made another commit.
            InvalidField, InvalidUpdateMask, UnknownReference, ResourceInUse, SchemaViolation:
                the result would not be sound.
        """
        await self.ontologies.require(draft.ontology)
        refuse_duplicates(draft.ontology, draft.objects, draft.links)
        return await self.ontologies.in_turn(
            draft.ontology,
            draft.branch,
            is_pinned=bool(draft.expected_head),
            attempt=lambda: self._attempt(draft),
        )

    async def check(self, draft: ObjectDraft, commit_id: str) -> None:
        """Raises what keeps changes from being applied to a commit; changes nothing."""
        refuse_duplicates(draft.ontology, draft.objects, draft.links)
        await self._outcome(draft, await self.ontologies.snapshots.get(draft.ontology, commit_id))

    async def _attempt(self, draft: ObjectDraft) -> WrittenObjects:
        ontology, branch = draft.ontology, draft.branch or MAIN_BRANCH
        # The head first: see `writing.Writer`.
        head = (await self._kernel.resolve(ontology, Revision(branch=branch))).commit_id
        if draft.request_id and not draft.validate_only:
            earlier = await find_earlier(
                self._kernel, ontology, draft.request_id, draft.fingerprint
            )
            if earlier is not None:
                return await self._repeated(draft, earlier.commit_id)
        if draft.expected_head not in {"", head}:
            raise StaleHead.of(branch, draft.expected_head, head)
        snapshot = await self.ontologies.snapshots.get(ontology, head)
        outcome = await self._outcome(draft, snapshot)
        if draft.validate_only or outcome.is_empty:
            known = await self.get(ontology, head, [change.ref for change in draft.objects])
            return WrittenObjects(head, outcome.is_empty, known)
        return await self._commit(draft, snapshot, outcome)

    async def _outcome(self, draft: ObjectDraft, snapshot: Snapshot) -> Outcome:
        ontology, catalogue = draft.ontology, self.catalogue_of(snapshot)
        head = snapshot.commit_id
        known = await self.get(ontology, head, [change.ref for change in draft.objects])
        planned = [
            plan_object(ontology, catalogue, change, known[change.ref]) for change in draft.objects
        ]
        needs = needs_of(catalogue, planned, draft.links)
        known |= await self.get(ontology, head, [r for r in needs.refs if r not in known])
        world = await self.partitions.world(
            ontology, head, catalogue, types=needs.types, links=needs.links
        )
        if len(draft.objects) + len(draft.links) < _MANY_CHANGES and not needs.types:
            return check(ontology, world, planned, draft.links, known)
        return await asyncio.to_thread(check, ontology, world, planned, draft.links, known)

    async def _commit(
        self, draft: ObjectDraft, snapshot: Snapshot, outcome: Outcome
    ) -> WrittenObjects:
        response = await self._kernel.create_commit(
            draft.ontology,
            draft.branch,
            operations_of(outcome),
            expected_head=snapshot.commit_id,
            message=draft.message,
            request_id=draft.request_id,
            fingerprint=draft.fingerprint,
        )
        commit_id = response.commit.commit_id
        if list(response.commit.parents) != [snapshot.commit_id]:
            return await self._repeated(draft, commit_id)
        # The types are as they were.
        self.ontologies.snapshots.put(snapshot.advanced(commit_id, {}))
        written = await self._written(draft.ontology, snapshot.commit_id, commit_id, outcome)
        return WrittenObjects(commit_id, False, written)

    async def _written(
        self, ontology: str, before: str, commit_id: str, outcome: Outcome
    ) -> Mapping[Ref, StoredObject | None]:
        refs = [change.ref for change in outcome.objects]
        if len(refs) > _FEW_CHANGES:
            return {}  # partitions catch up when they are asked for
        # Read back for the etags, times and users that the kernel has set.
        objects = await self.get(ontology, commit_id, refs)
        self.partitions.moved(
            ontology, before, commit_id, objects=objects, made=outcome.made, taken=outcome.taken
        )
        return objects

    async def _repeated(self, draft: ObjectDraft, commit_id: str) -> WrittenObjects:
        refs = [change.ref for change in draft.objects]
        if len(refs) > _FEW_CHANGES:
            return WrittenObjects(commit_id, False, {})
        return WrittenObjects(commit_id, False, await self.get(draft.ontology, commit_id, refs))


def operations_of(outcome: Outcome) -> list[commit_pb2.DocumentOperation]:
    """The operations of the kernel that make an outcome so."""
    return [
        *map(_operation, outcome.objects),
        *map(write_link, outcome.made),
        *map(delete_link, outcome.taken),
    ]


def _operation(change: PlannedObject) -> commit_pb2.DocumentOperation:
    if change.after is None:
        return delete_object(change.ref)
    return write_object(change.ref, change.after)
