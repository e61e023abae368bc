"""The same calls get the same answers, whether the kernel is in the process or not."""

from __future__ import annotations

import re
import secrets
from typing import Any

from google.protobuf.json_format import MessageToDict
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import document_service_pb2 as documents
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import element_pb2 as elements
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms.ontology.v1 import transfer_service_pb2 as transfer
from oms_testing.e2e import Api, ApiError, GrpcApi

_COMMIT_ID = re.compile(r"\b[0-9a-f]{64}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_TURTLE = b"""
@prefix : <https://example.org/agree#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:A a owl:Class ; rdfs:label "A"@en . :B a owl:Class ; rdfs:subClassOf :A .
:p a owl:ObjectProperty ; rdfs:domain :A ; rdfs:range :B .
"""


class _Recorder:
    """Notes every answer and error in a form that two suites can share."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._commits: dict[str, str] = {}
        self.notes: list[Any] = []

    async def call(self, request: Any) -> Any:
        return await self._note(request, self._api(request))

    async def upload(self, request: Any, data: bytes) -> Any:
        return await self._note(request, self._api.upload(request, data))

    async def _note(self, request: Any, awaitable: Any) -> Any:
        name = request.DESCRIPTOR.name
        try:
            answer = await awaitable
        except ApiError as error:
            facts = (error.code, error.reason, error.message, error.metadata, error.fields)
            self.notes.append((name, self._normal((*facts, error.subjects))))
            return None
        self.notes.append((name, self._normal(MessageToDict(answer))))
        return answer

    def _normal(self, value: Any) -> Any:
        if isinstance(value, dict):
            # A page token holds a commit id.
            return {k: self._normal(v) for k, v in value.items() if k != "nextPageToken"}
        if isinstance(value, list | tuple):
            return [self._normal(inner) for inner in value]
        if not isinstance(value, str):
            return value
        text = _COMMIT_ID.sub(self._commit_name, value)
        return _TIME.sub("<time>", text)

    def _commit_name(self, match: re.Match[str]) -> str:
        return self._commits.setdefault(match.group(), f"<commit {len(self._commits)}>")


async def _story(recorder: _Recorder, ontology_id: str) -> None:
    name, database = f"ontologies/{ontology_id}", f"databases/{ontology_id}"
    call = recorder.call
    await call(
        ontologies.CreateOntologyRequest(
            ontology_id=ontology_id, ontology=ontologies.Ontology(iri="https://example.org/agree")
        )
    )
    await recorder.upload(transfer.ImportOntologyRequest(name=name), _TURTLE)
    await recorder.upload(transfer.ImportOntologyRequest(name=name), b"broken !")
    first = await call(object_types.GetObjectTypeRequest(name=f"{name}/objectTypes/B"))
    await call(branches.CreateBranchRequest(parent=name, branch_id="dev"))
    for branch, text in (("dev", "Theirs"), ("main", "Ours")):
        await call(
            object_types.UpdateObjectTypeRequest(
                object_type=object_types.ObjectType(
                    name=f"{name}/objectTypes/A", labels=[elements.LocalizedText(text=text)]
                ),
                branch=branch,
            )
        )
    merge = branches.MergeBranchRequest(name=f"{name}/branches/main", source=Revision(branch="dev"))
    await call(merge)
    merge.validate_only = True
    await call(merge)
    merge.validate_only = False
    merge.default_resolution = branches.MERGE_SIDE_SOURCE
    await call(merge)
    for request in (
        object_types.CreateObjectTypeRequest(parent=name, object_type_id="A"),
        object_types.CreateObjectTypeRequest(
            parent=name,
            object_type_id="C",
            object_type=object_types.ObjectType(parents=["Missing"]),
        ),
        change_sets.ApplyChangeSetRequest(
            parent=name,
            expected_head="0" * 64,
            changes=[
                change_sets.Change(delete=change_sets.ElementDelete(name=f"{name}/objectTypes/B"))
            ],
        ),
        object_types.DeleteObjectTypeRequest(name=f"{name}/objectTypes/A"),
        object_types.ListObjectTypesRequest(parent=name, page_size=1),
        object_types.ListObjectTypesRequest(parent=name, page_token="bogus"),
        object_types.GetObjectTypeRequest(
            name=f"{name}/objectTypes/B", revision=Revision(commit=first.commit_id)
        ),
        revisions.ListCommitsRequest(parent=name),
        revisions.DiffRevisionsRequest(
            parent=name, base=Revision(commit=first.commit_id), include_elements=True
        ),
        ontologies.GetOntologyRequest(name=name),
        documents.GetDocumentRequest(parent=database, document_id="ObjectType/A"),
        documents.GetDocumentRequest(parent=database, document_id="ObjectType/Z"),
        commits.VerifyHistoryRequest(name=database),
        commits.CreateCommitRequest(parent=f"{database}/branches/nowhere"),
        identity.ListRolesRequest(),
        ontologies.DeleteOntologyRequest(name=name),
        ontologies.GetOntologyRequest(name=name),
    ):
        await call(request)


async def test_the_same_calls_get_the_same_answers(suites: Any) -> None:
    ontology_id = f"agree-{secrets.token_hex(4)}"
    recorded: list[list[Any]] = []
    for topology in ("monolith", "split"):
        async with GrpcApi(suites.get(topology).endpoint) as api:
            recorder = _Recorder(api)
            await _story(recorder, ontology_id)
            recorded.append(recorder.notes)
    alone, split = recorded
    for left, right in zip(alone, split, strict=True):
        assert left == right
