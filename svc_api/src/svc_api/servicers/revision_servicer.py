"""The history of an ontology."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from oms.datakernel.v1 import commit_service_pb2 as kernel_pb2
from oms.ontology.v1 import revision_service_pb2 as revision_pb2
from oms.ontology.v1 import revision_service_pb2_grpc as revision_grpc
from oms_core.errors import InvalidField
from oms_core.paging import page_size

from svc_api.adapters.documents import element_of_json, key_of_document
from svc_api.adapters.kernel import commit_name, database_name, ontology_errors
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.adapters.revisions import diff_page
from svc_api.convert import wrap
from svc_api.domain.diffs import changed_paths
from svc_api.domain.elements import HEADER_KEY
from svc_api.domain.kinds import EVERY_KIND, ElementKind
from svc_api.domain.names import element_name, last_segment, ontology_id, ontology_name


class RevisionServicer(revision_grpc.RevisionServiceServicer):
    """Commits, and what differs between revisions."""

    def __init__(self, store: OntologyStore) -> None:
        self._store = store

    async def GetCommit(
        self, request: revision_pb2.GetCommitRequest, context: Any
    ) -> revision_pb2.GetCommitResponse:
        ontology = ontology_id(request.name)
        await self._store.require(ontology)
        with ontology_errors(ontology):
            response = await self._store.kernel.commits.GetCommit(
                kernel_pb2.GetCommitRequest(name=commit_name(ontology, last_segment(request.name)))
            )
        return revision_pb2.GetCommitResponse(commit=_commit(ontology, response.commit))

    async def ListCommits(
        self, request: revision_pb2.ListCommitsRequest, context: Any
    ) -> revision_pb2.ListCommitsResponse:
        ontology = ontology_id(request.parent)
        await self._store.require(ontology)
        with ontology_errors(ontology):
            response = await self._store.kernel.commits.ListCommits(
                kernel_pb2.ListCommitsRequest(
                    parent=database_name(ontology),
                    revision=request.revision if request.HasField("revision") else None,
                    page_size=request.page_size,
                    page_token=request.page_token,
                )
            )
        return revision_pb2.ListCommitsResponse(
            commits=[_commit(ontology, commit) for commit in response.commits],
            next_page_token=response.next_page_token,
        )

    async def DiffRevisions(
        self, request: revision_pb2.DiffRevisionsRequest, context: Any
    ) -> revision_pb2.DiffRevisionsResponse:
        ontology = ontology_id(request.parent)
        await self._store.require(ontology)
        page = await diff_page(
            self._store.kernel,
            ontology,
            _kinds(request.collections),
            base=request.base,
            target=request.target,
            query=_query(request),
            page_size=page_size(request.page_size),
            page_token=request.page_token,
        )
        return revision_pb2.DiffRevisionsResponse(
            diffs=[
                _diff(ontology, kind, diff, with_elements=request.include_elements)
                for kind, diff in page.diffs
            ],
            next_page_token=page.next_page_token,
            base_commit=page.base_commit,
            target_commit=page.target_commit,
            counts=[
                revision_pb2.CollectionDiffCount(
                    collection=kind.collection,
                    created_count=count.created_count,
                    updated_count=count.updated_count,
                    deleted_count=count.deleted_count,
                )
                for kind, count in page.counts
            ],
        )


def _commit(ontology: str, commit: kernel_pb2.Commit) -> revision_pb2.Commit:
    return revision_pb2.Commit(
        name=f"{ontology_name(ontology)}/commits/{commit.commit_id}",
        commit_id=commit.commit_id,
        parents=commit.parents,
        author=commit.author,
        message=commit.message,
        commit_time=commit.commit_time,
        branch=commit.branch,
        change_count=commit.change_count,
    )


def _kinds(collections: Sequence[str]) -> list[ElementKind]:
    known = {kind.collection for kind in EVERY_KIND}
    for index, collection in enumerate(collections):
        if collection not in known:
            raise InvalidField.of(
                f"collections[{index}]",
                f"{collection!r} is no collection; there are {', '.join(sorted(known))}",
            )
    return [kind for kind in EVERY_KIND if not collections or kind.collection in collections]


def _query(request: revision_pb2.DiffRevisionsRequest) -> list[str]:
    query = revision_pb2.DiffRevisionsRequest()
    query.CopyFrom(request)
    query.ClearField("page_size")
    query.ClearField("page_token")
    return ["DiffRevisions", query.SerializeToString(deterministic=True).hex()]


def _diff(
    ontology: str, kind: ElementKind, diff: kernel_pb2.DocumentDiff, *, with_elements: bool
) -> revision_pb2.ElementDiff:
    key = key_of_document(diff.document_id)
    assert key is not None, "the kernel was asked for documents of known types only"
    converted = revision_pb2.ElementDiff(
        name=element_name(ontology, key),
        collection=kind.collection,
        # The numbers of both protos' change types are the same; a test holds them together.
        change_type=revision_pb2.ChangeType.Name(diff.change_type),
    )
    if diff.before_json and diff.after_json:
        before, after = orjson.loads(diff.before_json), orjson.loads(diff.after_json)
        converted.changed_paths.extend(changed_paths(kind, before, after))
    if with_elements and key != HEADER_KEY:
        before_element = element_of_json(key, diff.before_json, diff.before_etag)
        after_element = element_of_json(key, diff.after_json, diff.after_etag)
        if before_element is not None:
            converted.before.CopyFrom(wrap(ontology, before_element))
        if after_element is not None:
            converted.after.CopyFrom(wrap(ontology, after_element))
    return converted
