"""Ontologies and their headers."""

from __future__ import annotations

from typing import Any

from oms.ontology.v1 import ontology_service_pb2 as ontology_pb2
from oms.ontology.v1 import ontology_service_pb2_grpc as ontology_grpc

from svc_api.adapters.ontologies import Ontologies
from svc_api.adapters.ontology_store import OntologyStore
from svc_api.convert import body_of, fingerprint_of, update_change
from svc_api.domain.changes import ChangePlan
from svc_api.domain.elements import HEADER_KEY
from svc_api.domain.kinds import KINDS
from svc_api.domain.names import ontology_id, parse_ontology_name
from svc_api.messages import Messages


class OntologyServicer(ontology_grpc.OntologyServiceServicer):
    """Creates, reads, changes and deletes ontologies."""

    def __init__(self, store: OntologyStore, messages: Messages) -> None:
        self._store = store
        self._ontologies = Ontologies(store)
        self._messages = messages

    async def CreateOntology(
        self, request: ontology_pb2.CreateOntologyRequest, context: Any
    ) -> ontology_pb2.CreateOntologyResponse:
        ontology = request.ontology_id
        header = body_of(request.ontology)
        snapshot, commit_id = await self._ontologies.create(
            ontology, header, request_id=request.request_id, fingerprint=fingerprint_of(request)
        )
        message = self._messages.of(ontology, await self._ontologies.header(snapshot))
        return ontology_pb2.CreateOntologyResponse(ontology=message, commit_id=commit_id)

    async def GetOntology(
        self, request: ontology_pb2.GetOntologyRequest, context: Any
    ) -> ontology_pb2.GetOntologyResponse:
        ontology = ontology_id(request.name)
        revision = request.revision if request.HasField("revision") else None
        snapshot = await self._store.snapshot(ontology, revision)
        counts = [
            ontology_pb2.CollectionCount(
                collection=kind.collection, count=len(snapshot.elements.ids(kind.collection))
            )
            for kind in KINDS
        ]
        message = self._messages.of(ontology, await self._ontologies.header(snapshot))
        return ontology_pb2.GetOntologyResponse(
            ontology=message, commit_id=snapshot.commit_id, counts=counts
        )

    async def ListOntologies(
        self, request: ontology_pb2.ListOntologiesRequest, context: Any
    ) -> ontology_pb2.ListOntologiesResponse:
        listed = await self._ontologies.list(
            page_size=request.page_size, page_token=request.page_token
        )
        return ontology_pb2.ListOntologiesResponse(
            ontologies=[
                self._messages.of(ontology, header) for ontology, header in listed.ontologies
            ],
            next_page_token=listed.next_page_token,
        )

    async def UpdateOntology(
        self, request: ontology_pb2.UpdateOntologyRequest, context: Any
    ) -> ontology_pb2.UpdateOntologyResponse:
        message = request.ontology
        ontology = parse_ontology_name(message.name, field="ontology.name")
        change = update_change(message, request.update_mask.paths, key=HEADER_KEY, path="ontology")
        applied = await self._store.apply(
            ontology,
            request.branch,
            ChangePlan([change]),
            expected_head=request.expected_head,
            message=request.message or f"Update ontology {ontology}",
            request_id=request.request_id,
            fingerprint=fingerprint_of(request),
        )
        assert applied.snapshot is not None, "a single change always comes with its snapshot"
        header = await self._ontologies.header(applied.snapshot)
        return ontology_pb2.UpdateOntologyResponse(
            ontology=self._messages.of(ontology, header), commit_id=applied.commit_id
        )

    async def DeleteOntology(
        self, request: ontology_pb2.DeleteOntologyRequest, context: Any
    ) -> ontology_pb2.DeleteOntologyResponse:
        await self._ontologies.delete(ontology_id(request.name))
        return ontology_pb2.DeleteOntologyResponse()
