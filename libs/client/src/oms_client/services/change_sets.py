"""Calls of `oms.ontology.v1.ChangeSetService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.ontology.v1 import change_set_service_pb2 as ontology_change_set_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncChangeSets", "ChangeSets"]

_APPLY: Final = Method(
    "/oms.ontology.v1.ChangeSetService/ApplyChangeSet",
    ontology_change_set_service_pb2.ApplyChangeSetRequest,
    ontology_change_set_service_pb2.ApplyChangeSetResponse,
    takes_request_id=True,
)


class ChangeSets:
    """Change sets: any number of changes to elements, applied as one commit."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def apply(
        self,
        given: ontology_change_set_service_pb2.ApplyChangeSetRequest | None = None,
        /,
        *,
        parent: str = "",
        branch: str = "",
        changes: Iterable[ontology_change_set_service_pb2.Change | Mapping[str, Any]] = (),
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> ontology_change_set_service_pb2.ApplyChangeSetResponse:
        """Applies a change set, all of it or none. The result as a whole has to be sound: elements
        may refer to each other in any order within the set.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            branch: Branch to write to. Empty: `main`.
            changes: 1 to 10,000 changes.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branch": branch,
            "changes": changes,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return self._calls.unary(_APPLY, given, timeout_s, fields)


class AsyncChangeSets:
    """Change sets: any number of changes to elements, applied as one commit."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def apply(
        self,
        given: ontology_change_set_service_pb2.ApplyChangeSetRequest | None = None,
        /,
        *,
        parent: str = "",
        branch: str = "",
        changes: Iterable[ontology_change_set_service_pb2.Change | Mapping[str, Any]] = (),
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> ontology_change_set_service_pb2.ApplyChangeSetResponse:
        """Applies a change set, all of it or none. The result as a whole has to be sound: elements
        may refer to each other in any order within the set.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            branch: Branch to write to. Empty: `main`.
            changes: 1 to 10,000 changes.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branch": branch,
            "changes": changes,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return await self._calls.unary(_APPLY, given, timeout_s, fields)
