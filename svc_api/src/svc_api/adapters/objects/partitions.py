"""Objects and links in memory: all of one type as of one commit, kept and advanced.

A commit never changes, so a partition is never stale; it is only ever dropped for want of room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms_core.errors import LimitExceeded, ResourceNotFound
from oms_kernel import SingleFlight

from svc_api.adapters.kernel import Kernel, database_name, ontology_errors
from svc_api.adapters.objects.documents import (
    link_document_type,
    link_of_json,
    object_document_id,
    object_document_type,
    ref_of_document,
    stored_object,
)
from svc_api.domain.objects.model import LinkKey, Ref, StoredObject
from svc_api.domain.objects.types import Catalogue
from svc_api.domain.objects.world import LinkPartition, TypePartition, World

# A few changes are fetched; beyond this and a quarter of the partition it is read anew.
_ALWAYS_ADVANCED = 1000

_Part = TypePartition | LinkPartition
_Id = tuple[str, str]


class Partitions:
    """A bounded cache of partitions in front of the kernel.

    Args:
        max_kept: How many objects and links all kept partitions may hold together.
        max_loaded: How many those of one question may.
    """

    def __init__(self, kernel: Kernel, *, max_kept: int, max_loaded: int) -> None:
        self._kernel = kernel
        self._max_kept = max_kept
        self._max_loaded = max_loaded
        # By ontology and document type: the commit and the partition there, the last one used last.
        self._kept: OrderedDict[_Id, OrderedDict[str, _Part]] = OrderedDict()
        self._flights: SingleFlight[tuple[str, str, str], _Part] = SingleFlight()

    async def world(
        self,
        ontology: str,
        commit_id: str,
        catalogue: Catalogue,
        *,
        types: Iterable[str],
        links: Iterable[str] = (),
    ) -> World:
        """The objects of some types and the links of some link types as of a commit.

        Raises:
            LimitExceeded: they are more than one question may load.
        """
        loaded = 0
        found_types: dict[str, TypePartition] = {}
        found_links: dict[str, LinkPartition] = {}
        for type_id in dict.fromkeys(types):
            part = await self._get(ontology, commit_id, object_document_type(type_id))
            assert isinstance(part, TypePartition)
            found_types[type_id] = part
            loaded += len(part)
            self._check(loaded)
        for link_id in dict.fromkeys(links):
            part = await self._get(ontology, commit_id, link_document_type(link_id))
            assert isinstance(part, LinkPartition)
            found_links[link_id] = part
            loaded += len(part)
            self._check(loaded)
        return World(catalogue, found_types, found_links)

    def _check(self, loaded: int) -> None:
        if loaded > self._max_loaded:
            raise LimitExceeded(
                f"more than {self._max_loaded} objects and links would have to be looked at; ask "
                "about fewer types, or have OMS_OBJECT_SCAN_LIMIT raised",
                metadata={"limit": "object_scan", "limit_objects": str(self._max_loaded)},
            )

    def forget(self, ontology: str) -> None:
        """Drops everything of an ontology."""
        for at in [at for at in self._kept if at[0] == ontology]:
            del self._kept[at]

    def moved(
        self,
        ontology: str,
        before: str,
        after: str,
        *,
        objects: Mapping[Ref, StoredObject | None],
        made: Sequence[LinkKey],
        taken: Sequence[LinkKey],
    ) -> None:
        """Takes over what a commit of this process did, so that nothing has to be asked for."""
        changed_types: dict[str, dict[str, StoredObject | None]] = {}
        for ref, stored in objects.items():
            changed_types.setdefault(object_document_type(ref.type), {})[ref.id] = stored
        changed_links = {link_document_type(link.link_type) for link in (*made, *taken)}
        for at in [at for at in self._kept if at[0] == ontology]:
            part = self._kept[at].get(before)
            if part is None:
                continue
            if isinstance(part, TypePartition) and at[1] in changed_types:
                part = part.advanced(changed_types[at[1]])
            elif isinstance(part, LinkPartition) and at[1] in changed_links:
                part = part.advanced(_of_type(made, at[1]), _of_type(taken, at[1]))
            self._put(at, after, part)

    async def _get(self, ontology: str, commit_id: str, document_type: str) -> _Part:
        at = (ontology, document_type)
        return await self._flights.get(
            (*at, commit_id),
            partial(self._find, at, commit_id),
            partial(self._load, at, commit_id),
        )

    def _find(self, at: _Id, commit_id: str) -> _Part | None:
        found = self._kept.get(at, {}).get(commit_id)
        if found is not None:
            self._kept.move_to_end(at)
            self._kept[at].move_to_end(commit_id)
        return found

    def _put(self, at: _Id, commit_id: str, part: _Part) -> None:
        versions = self._kept.setdefault(at, OrderedDict())
        versions[commit_id] = part
        versions.move_to_end(commit_id)
        self._kept.move_to_end(at)
        while len(versions) > 1 and (len(versions) > 8 or self._size() > self._max_kept):
            versions.popitem(last=False)
        while self._size() > self._max_kept and len(self._kept) > 1:
            self._kept.popitem(last=False)

    def _size(self) -> int:
        # Versions that are the same partition count once.
        return sum(
            len(part)
            for kept in self._kept.values()
            for part in {id(p): p for p in kept.values()}.values()
        )

    async def _load(self, at: _Id, commit_id: str) -> _Part:
        versions = self._kept.get(at)
        part: _Part | None = None
        if versions:
            base_commit = next(reversed(versions))
            part = await self._advance(at, base_commit, versions[base_commit], commit_id)
        if part is None:
            part = await self._read(at, commit_id)
        self._put(at, commit_id, part)
        return part

    async def _read(self, at: _Id, commit_id: str) -> _Part:
        if at[1].startswith("Object:"):
            objects: dict[str, StoredObject] = {}
            async for documents in self._documents(at, commit_id):
                for stored in await asyncio.to_thread(_stored_objects, documents):
                    objects[stored.ref.id] = stored
                self._check(len(objects))
            return TypePartition(objects)
        links: list[LinkKey] = []
        async for documents in self._documents(at, commit_id):
            links += await asyncio.to_thread(_stored_links, documents)
            self._check(len(links))
        return LinkPartition.of(links)

    async def _documents(
        self, at: _Id, commit_id: str
    ) -> AsyncGenerator[Sequence[document_pb2.Document]]:
        request = document_pb2.StreamDocumentsRequest(
            parent=database_name(at[0]), types=[at[1]], revision=Revision(commit=commit_id)
        )
        with ontology_errors(at[0]):
            async for part in self._kernel.documents.StreamDocuments(request):
                yield part.documents

    async def _advance(
        self, at: _Id, base_commit: str, base: _Part, commit_id: str
    ) -> _Part | None:
        """Gets from one version to another by what differs; None when that is too much."""
        most = max(_ALWAYS_ADVANCED, len(base) // 4)
        diffs: list[commit_pb2.DocumentDiff] = []
        pages = self._diff(at, base_commit, commit_id)
        try:
            async with aclosing(pages):
                async for page in pages:
                    if (
                        sum(
                            c.created_count + c.updated_count + c.deleted_count for c in page.counts
                        )
                        > most
                    ):
                        return None
                    diffs += page.diffs
        except ResourceNotFound:
            return None  # of an ontology that was deleted and made again under the same id
        if not diffs:
            return base
        if isinstance(base, LinkPartition):
            made = [link_of_json(d.after_json) for d in diffs if d.after_json]
            taken = [link_of_json(d.before_json) for d in diffs if not d.after_json]
            return base.advanced(made, taken)
        refs = [ref for d in diffs if (ref := ref_of_document(d.document_id)) is not None]
        found = await self.fetch(at[0], commit_id, refs)
        return base.advanced({ref.id: stored for ref, stored in found.items()})

    async def _diff(
        self, at: _Id, base: str, target: str
    ) -> AsyncGenerator[commit_pb2.DiffCommitsResponse]:
        token = ""
        while True:
            page = await self._kernel.diff_page(
                at[0],
                commit_pb2.DiffCommitsRequest(
                    base=Revision(commit=base),
                    target=Revision(commit=target),
                    types=[at[1]],
                    include_documents=at[1].startswith("Link:"),
                    page_size=1000,
                    page_token=token,
                ),
            )
            yield page
            token = page.next_page_token
            if not token:
                return

    async def fetch(
        self, ontology: str, commit_id: str, refs: Iterable[Ref]
    ) -> dict[Ref, StoredObject | None]:
        """Some objects as of a commit, without loading their types; None is not there."""
        wanted = list(dict.fromkeys(refs))
        found: dict[Ref, StoredObject | None] = dict.fromkeys(wanted)
        asked: list[str] = []
        for ref in wanted:
            part = self._kept.get((ontology, object_document_type(ref.type)), {}).get(commit_id)
            if isinstance(part, TypePartition):
                found[ref] = part.objects.get(ref.id)
            else:
                asked.append(object_document_id(ref))
        if asked:
            documents = await self._kernel.batch_get(ontology, commit_id, asked)
            found.update((stored.ref, stored) for stored in _stored_objects(documents))
        return found


def _of_type(links: Iterable[LinkKey], document_type: str) -> list[LinkKey]:
    return [link for link in links if link_document_type(link.link_type) == document_type]


def _stored_objects(documents: Iterable[document_pb2.Document]) -> list[StoredObject]:
    return [stored_object(document) for document in documents]


def _stored_links(documents: Iterable[document_pb2.Document]) -> list[LinkKey]:
    return [link_of_json(document.json) for document in documents]
