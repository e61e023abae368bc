"""Change sets."""

from __future__ import annotations

import asyncio
from typing import Any

from oms.ontology.v1 import change_set_service_pb2 as change_set_pb2
from oms.ontology.v1 import change_set_service_pb2_grpc as change_set_grpc

from svc_api.adapters.ontology_store import Applied, OntologyStore
from svc_api.convert import change_of, fingerprint_of, wrap_message
from svc_api.domain.changes import Change, ChangePlan
from svc_api.domain.kinds import kind_of
from svc_api.domain.names import ontology_id
from svc_api.messages import Messages

# From here on the conversion goes to a thread, so that other calls go on meanwhile.
_MANY_CHANGES = 200
_MOST_ANSWERED = 1000
_MOST_ANSWERED_BYTES = 1024 * 1024


class ChangeSetServicer(change_set_grpc.ChangeSetServiceServicer):
    """Applies change sets."""

    def __init__(self, store: OntologyStore, messages: Messages) -> None:
        self._store = store
        self._messages = messages

    async def ApplyChangeSet(
        self, request: change_set_pb2.ApplyChangeSetRequest, context: Any
    ) -> change_set_pb2.ApplyChangeSetResponse:
        ontology = ontology_id(request.parent)
        count = len(request.changes)
        if count < _MANY_CHANGES:
            changes = _changes(ontology, request)
        else:
            changes = await asyncio.to_thread(_changes, ontology, request)
        applied = await self._store.apply(
            ontology,
            request.branch,
            ChangePlan(changes),
            expected_head=request.expected_head,
            message=request.message or f"Apply {count} change{'s' if count > 1 else ''}",
            request_id=request.request_id,
            fingerprint=fingerprint_of(request),
            validate_only=request.validate_only,
        )
        elements = [] if request.validate_only else self._elements(ontology, applied)
        return change_set_pb2.ApplyChangeSetResponse(
            commit_id=applied.commit_id, unchanged=applied.unchanged, elements=elements
        )

    def _elements(self, ontology: str, applied: Applied) -> list[change_set_pb2.Element]:
        """What the changes left in place, unless it is too much for one answer."""
        if applied.snapshot is None or len(applied.planned) > _MOST_ANSWERED:
            return []
        found = (applied.snapshot.get(change.key) for change in applied.planned if change.after)
        messages = [
            (kind_of(element.key), self._messages.of(ontology, element))
            for element in found
            if element is not None
        ]
        if sum(message.ByteSize() for _, message in messages) > _MOST_ANSWERED_BYTES:
            return []
        return [wrap_message(kind, message) for kind, message in messages]


def _changes(ontology: str, request: change_set_pb2.ApplyChangeSetRequest) -> list[Change]:
    return [
        change_of(change, ontology=ontology, index=index)
        for index, change in enumerate(request.changes)
    ]
