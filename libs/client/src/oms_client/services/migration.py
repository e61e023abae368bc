"""Calls of `oms.object.v1.MigrationService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from oms.object.v1 import migration_service_pb2 as object_migration_service_pb2
from oms.ontology.v1 import change_set_service_pb2 as ontology_change_set_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncMigration", "Migration"]

_MIGRATE_OBJECTS: Final = Method(
    "/oms.object.v1.MigrationService/MigrateObjects",
    object_migration_service_pb2.MigrateObjectsRequest,
    object_migration_service_pb2.MigrateObjectsResponse,
    takes_request_id=True,
)


class Migration:
    """Changes types together with their objects.

    A change of types that objects contradict is refused wherever it is made, with
    SCHEMA_VIOLATION and examples. Here it comes with what is to happen to the objects.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def migrate_objects(
        self,
        given: object_migration_service_pb2.MigrateObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        changes: Iterable[ontology_change_set_service_pb2.Change | Mapping[str, Any]] = (),
        steps: Iterable[object_migration_service_pb2.MigrationStep | Mapping[str, Any]] = (),
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> object_migration_service_pb2.MigrateObjectsResponse:
        """Applies changes of elements and steps of a migration as one commit, all of it or none.
        FAILED_PRECONDITION with SCHEMA_VIOLATION when objects contradict the types even after
        the steps: the error names up to 100 of them, each with the value, what was expected and
        what was found.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            changes: 1 to 10,000 changes of elements.
            steps: Up to 1,000 steps, taken in order. Together they change at most 50,000
                objects: RESOURCE_EXHAUSTED with LIMIT_EXCEEDED beyond.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "changes": changes,
            "steps": steps,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return self._calls.unary(_MIGRATE_OBJECTS, given, timeout_s, fields)


class AsyncMigration:
    """Changes types together with their objects.

    A change of types that objects contradict is refused wherever it is made, with
    SCHEMA_VIOLATION and examples. Here it comes with what is to happen to the objects.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def migrate_objects(
        self,
        given: object_migration_service_pb2.MigrateObjectsRequest | None = None,
        /,
        *,
        parent: str = "",
        changes: Iterable[ontology_change_set_service_pb2.Change | Mapping[str, Any]] = (),
        steps: Iterable[object_migration_service_pb2.MigrationStep | Mapping[str, Any]] = (),
        branch: str = "",
        expected_head: str = "",
        message: str = "",
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> object_migration_service_pb2.MigrateObjectsResponse:
        """Applies changes of elements and steps of a migration as one commit, all of it or none.
        FAILED_PRECONDITION with SCHEMA_VIOLATION when objects contradict the types even after
        the steps: the error names up to 100 of them, each with the value, what was expected and
        what was found.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `ontologies/{ontology}`.
            changes: 1 to 10,000 changes of elements.
            steps: Up to 1,000 steps, taken in order. Together they change at most 50,000
                objects: RESOURCE_EXHAUSTED with LIMIT_EXCEEDED beyond.
            branch: Branch to write to. Empty: `main`.
            expected_head: Id of the commit that has to be the branch's head. Empty: any.
            message: Message of the commit. Left out: one that says what was done.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                ontology.
            validate_only: Check everything and change nothing.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "changes": changes,
            "steps": steps,
            "branch": branch,
            "expected_head": expected_head,
            "message": message,
            "request_id": request_id,
            "validate_only": validate_only,
        }
        return await self._calls.unary(_MIGRATE_OBJECTS, given, timeout_s, fields)
