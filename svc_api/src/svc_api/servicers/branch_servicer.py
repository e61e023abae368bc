"""Branches of an ontology and merges between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from oms.datakernel.v1 import branch_service_pb2 as kernel_pb2
from oms.datakernel.v1 import commit_service_pb2 as kernel_commit_pb2
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import branch_service_pb2_grpc as branch_grpc
from oms_core.errors import InvalidField

from svc_api.adapters.documents import element_of_json, key_of_document
from svc_api.adapters.kernel import branch_name, database_name, ontology_errors
from svc_api.adapters.merging import MergeDraft
from svc_api.adapters.objects.documents import object_document_id, ref_of_document
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.convert import fingerprint_of, wrap
from svc_api.domain.elements import HEADER_KEY, Key
from svc_api.domain.names import (
    element_name,
    header_or_element_key,
    last_segment,
    ontology_id,
    ontology_name,
)
from svc_api.domain.objects.model import object_name, parse_object_name

K = TypeVar("K")


class BranchServicer(branch_grpc.BranchServiceServicer):
    """Branches, as the kernel keeps them."""

    def __init__(self, store: OntologyStore) -> None:
        self._store = store
        self._branches = store.kernel.branches

    async def CreateBranch(
        self, request: branch_pb2.CreateBranchRequest, context: Any
    ) -> branch_pb2.CreateBranchResponse:
        ontology = ontology_id(request.parent)
        await self._store.require(ontology)
        with ontology_errors(ontology):
            response = await self._branches.CreateBranch(
                kernel_pb2.CreateBranchRequest(
                    parent=database_name(ontology),
                    branch_id=request.branch_id,
                    source=request.source if request.HasField("source") else None,
                )
            )
        return branch_pb2.CreateBranchResponse(branch=_branch(response.branch))

    async def GetBranch(
        self, request: branch_pb2.GetBranchRequest, context: Any
    ) -> branch_pb2.GetBranchResponse:
        ontology = ontology_id(request.name)
        await self._store.require(ontology)
        branch = await self._store.kernel.get_branch(ontology, last_segment(request.name))
        return branch_pb2.GetBranchResponse(branch=_branch(branch))

    async def ListBranches(
        self, request: branch_pb2.ListBranchesRequest, context: Any
    ) -> branch_pb2.ListBranchesResponse:
        ontology = ontology_id(request.parent)
        await self._store.require(ontology)
        with ontology_errors(ontology):
            response = await self._branches.ListBranches(
                kernel_pb2.ListBranchesRequest(
                    parent=database_name(ontology),
                    page_size=request.page_size,
                    page_token=request.page_token,
                )
            )
        return branch_pb2.ListBranchesResponse(
            branches=map(_branch, response.branches), next_page_token=response.next_page_token
        )

    async def DeleteBranch(
        self, request: branch_pb2.DeleteBranchRequest, context: Any
    ) -> branch_pb2.DeleteBranchResponse:
        ontology = ontology_id(request.name)
        await self._store.require(ontology)
        with ontology_errors(ontology):
            await self._branches.DeleteBranch(
                kernel_pb2.DeleteBranchRequest(
                    name=branch_name(ontology, last_segment(request.name)),
                    expected_head=request.expected_head,
                )
            )
        self._store.kernel.forget(ontology, last_segment(request.name))
        return branch_pb2.DeleteBranchResponse()

    async def MergeBranch(
        self, request: branch_pb2.MergeBranchRequest, context: Any
    ) -> branch_pb2.MergeBranchResponse:
        ontology = ontology_id(request.name)
        merged = await self._store.merge(
            MergeDraft(
                ontology,
                last_segment(request.name),
                request.source,
                expected_head=request.expected_head,
                message=request.message,
                resolutions=_resolutions(ontology, request),
                object_resolutions=_object_resolutions(ontology, request),
                default_resolution=request.default_resolution,
                validate_only=request.validate_only,
                request_id=request.request_id,
                fingerprint=fingerprint_of(request),
            )
        )
        return branch_pb2.MergeBranchResponse(
            # The numbers of both protos' outcomes are the same; a test holds them together.
            outcome=branch_pb2.MergeOutcome.Name(merged.outcome),
            commit_id=merged.commit_id,
            base_commit=merged.base_commit,
            conflicts=[_conflict(ontology, conflict) for conflict in merged.conflicts],
            change_count=merged.change_count,
        )


def _branch(branch: kernel_pb2.Branch) -> branch_pb2.Branch:
    ontology, branch_id = ontology_id(branch.name), last_segment(branch.name)
    return branch_pb2.Branch(
        name=f"{ontology_name(ontology)}/branches/{branch_id}",
        head_commit=branch.head_commit,
        create_time=branch.create_time,
        update_time=branch.update_time,
    )


def _resolutions(ontology: str, request: branch_pb2.MergeBranchRequest) -> dict[Key, int]:
    def key_of(name: str, field: str) -> Key:
        return header_or_element_key(name, ontology=ontology, field=field)

    return _sides(request, key_of, is_object=False)


def _object_resolutions(ontology: str, request: branch_pb2.MergeBranchRequest) -> dict[str, int]:
    def document_of(name: str, field: str) -> str:
        return object_document_id(parse_object_name(name, ontology=ontology, field=field))

    return _sides(request, document_of, is_object=True)


def _sides(
    request: branch_pb2.MergeBranchRequest, key_of: Callable[[str, str], K], *, is_object: bool
) -> dict[K, int]:
    sides: dict[K, int] = {}
    for index, resolution in enumerate(request.resolutions):
        if ("/objects/" in resolution.name) != is_object:
            continue
        field = f"resolutions[{index}].name"
        key = key_of(resolution.name, field)
        if sides.setdefault(key, resolution.side) != resolution.side:
            raise InvalidField.of(field, f"{resolution.name!r} has two different resolutions")
    return sides


def _conflict(ontology: str, conflict: kernel_commit_pb2.MergeConflict) -> branch_pb2.MergeConflict:
    key = key_of_document(conflict.document_id)
    if key is None:
        ref = ref_of_document(conflict.document_id)
        name = object_name(ontology, ref) if ref is not None else conflict.document_id
        return branch_pb2.MergeConflict(name=name)
    converted = branch_pb2.MergeConflict(name=element_name(ontology, key))
    if key == HEADER_KEY:
        return converted  # the header is no element that the message could hold
    for side in ("base", "target", "source"):
        element = element_of_json(key, getattr(conflict, f"{side}_json"))
        if element is not None:
            getattr(converted, side).CopyFrom(wrap(ontology, element))
    return converted
