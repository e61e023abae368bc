"""Types changed together with their objects."""

from __future__ import annotations

from typing import Any

from oms.object.v1 import migration_service_pb2 as pb
from oms.object.v1 import migration_service_pb2_grpc as pb_grpc

from svc_api.adapters.ontology_store import OntologyStore
from svc_api.convert import change_of, fingerprint_of
from svc_api.domain.changes import ChangePlan
from svc_api.domain.names import ontology_id
from svc_api.domain.objects.evolution import Migration, MigrationStep, StepKind
from svc_api.object_convert import value_of


class MigrationServicer(pb_grpc.MigrationServiceServicer):
    """Migrates objects."""

    def __init__(self, store: OntologyStore) -> None:
        self._store = store

    async def MigrateObjects(
        self, request: pb.MigrateObjectsRequest, context: Any
    ) -> pb.MigrateObjectsResponse:
        ontology = ontology_id(request.parent)
        changes = [
            change_of(change, ontology=ontology, index=index)
            for index, change in enumerate(request.changes)
        ]
        applied = await self._store.apply(
            ontology,
            request.branch,
            ChangePlan(changes),
            expected_head=request.expected_head,
            message=request.message or f"Migrate objects by {len(request.steps)} steps",
            request_id=request.request_id,
            fingerprint=fingerprint_of(request),
            validate_only=request.validate_only,
            migration=Migration([_step(step) for step in request.steps]),
        )
        return pb.MigrateObjectsResponse(
            commit_id=applied.commit_id,
            unchanged=applied.unchanged,
            migrated_count=applied.migrated_count,
        )


def _step(message: pb.MigrationStep) -> MigrationStep:
    kind = StepKind(message.WhichOneof("action"))
    value = None
    if kind is StepKind.FILL:
        value = value_of(message.fill.value)
    elif kind is StepKind.CONVERT and message.convert.HasField("otherwise"):
        value = value_of(message.convert.otherwise)
    return MigrationStep(kind, message.object_type, message.property, message.rename.to, value)
