"""Calls of `oms.datakernel.v1.SchemaService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import schema_service_pb2 as datakernel_schema_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method

__all__ = ["AsyncKernelSchema", "KernelSchema"]

_GET_CLASS_FRAMES: Final = Method(
    "/oms.datakernel.v1.SchemaService/GetClassFrames",
    datakernel_schema_service_pb2.GetClassFramesRequest,
    datakernel_schema_service_pb2.GetClassFramesResponse,
    is_read_only=True,
)
_GET_PREFIXES: Final = Method(
    "/oms.datakernel.v1.SchemaService/GetPrefixes",
    datakernel_schema_service_pb2.GetPrefixesRequest,
    datakernel_schema_service_pb2.GetPrefixesResponse,
    is_read_only=True,
)
_SET_PREFIX: Final = Method(
    "/oms.datakernel.v1.SchemaService/SetPrefix",
    datakernel_schema_service_pb2.SetPrefixRequest,
    datakernel_schema_service_pb2.SetPrefixResponse,
    takes_request_id=True,
)
_MIGRATE: Final = Method(
    "/oms.datakernel.v1.SchemaService/MigrateSchema",
    datakernel_schema_service_pb2.MigrateSchemaRequest,
    datakernel_schema_service_pb2.MigrateSchemaResponse,
    takes_request_id=True,
)
_COMPARE_SCHEMAS: Final = Method(
    "/oms.datakernel.v1.SchemaService/CompareSchemas",
    datakernel_schema_service_pb2.CompareSchemasRequest,
    datakernel_schema_service_pb2.CompareSchemasResponse,
    is_read_only=True,
)


class KernelSchema:
    """The schema graph beside its documents, which `ModelDocumentService` reads and writes with
    `GRAPH_SCHEMA`: class frames, prefixes, and changes of the schema with the data.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_class_frames(
        self,
        given: datakernel_schema_service_pb2.GetClassFramesRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        compress_ids: bool | None = None,
        expand_abstract: bool | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.GetClassFramesResponse:
        """Describes a class, or every class, as a form would need it: properties with inherited
        ones, their families and types, keys and documentation.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: The class. Empty: all.
            revision: As of when. Left out: the head of `main`.
            compress_ids: Shorten ids by the prefixes. Left out: true.
            expand_abstract: Answer the enum values and subdocuments of a class in place. Left
                out: true.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "compress_ids": compress_ids,
            "expand_abstract": expand_abstract,
        }
        return self._calls.unary(_GET_CLASS_FRAMES, given, timeout_s, fields)

    def get_prefixes(
        self,
        given: datakernel_schema_service_pb2.GetPrefixesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.GetPrefixesResponse:
        """The context: `@base`, `@schema` and the other prefixes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
        }
        return self._calls.unary(_GET_PREFIXES, given, timeout_s, fields)

    def set_prefix(
        self,
        given: datakernel_schema_service_pb2.SetPrefixRequest | None = None,
        /,
        *,
        parent: str = "",
        prefix: str = "",
        iri: str = "",
        create_only: bool = False,
        update_only: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.SetPrefixResponse:
        """Sets a prefix, or removes it. ALREADY_EXISTS with `create_only`; `@base` and `@schema`
        stay.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            prefix: The prefix, such as `geo`.
            iri: What it stands for, an IRI. Empty: remove it.
            create_only: Fail when it is there.
            update_only: Fail when it is not there.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "prefix": prefix,
            "iri": iri,
            "create_only": create_only,
            "update_only": update_only,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_SET_PREFIX, given, timeout_s, fields)

    def migrate(
        self,
        given: datakernel_schema_service_pb2.MigrateSchemaRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        allow_destructive: bool = False,
        validate_only: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.MigrateSchemaResponse:
        """Changes the schema by operations and the documents with it, in one commit: create,
        delete, rename and move classes and properties, cast, change key, change parents, expand
        enum. FAILED_PRECONDITION with MIGRATION_REFUSED names the documents that stand in the
        way. With `validate_only` nothing changes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The operations, a JSON array such as `[{"@type": "RenameClass", "from": "A",
                "to": "B"}]`.
            allow_destructive: Delete documents and values where an operation needs it.
            validate_only: Compute the answer and change nothing.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "allow_destructive": allow_destructive,
            "validate_only": validate_only,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_MIGRATE, given, timeout_s, fields)

    def compare_schemas(
        self,
        given: datakernel_schema_service_pb2.CompareSchemasRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.CompareSchemasResponse:
        """Compares the schema with another one and says of each change whether it weakens (every
        document stays valid) or strengthens, and what operations lead there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: The other schema: a JSON array of its documents. Empty: the schema at `target`.
            base: The schema to compare from. Left out: the head of `main`.
            target: The schema to compare to when the body is empty.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "base": base,
            "target": target,
        }
        return self._calls.unary(_COMPARE_SCHEMAS, given, timeout_s, fields)


class AsyncKernelSchema:
    """The schema graph beside its documents, which `ModelDocumentService` reads and writes with
    `GRAPH_SCHEMA`: class frames, prefixes, and changes of the schema with the data.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get_class_frames(
        self,
        given: datakernel_schema_service_pb2.GetClassFramesRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        compress_ids: bool | None = None,
        expand_abstract: bool | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.GetClassFramesResponse:
        """Describes a class, or every class, as a form would need it: properties with inherited
        ones, their families and types, keys and documentation.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: The class. Empty: all.
            revision: As of when. Left out: the head of `main`.
            compress_ids: Shorten ids by the prefixes. Left out: true.
            expand_abstract: Answer the enum values and subdocuments of a class in place. Left
                out: true.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "compress_ids": compress_ids,
            "expand_abstract": expand_abstract,
        }
        return await self._calls.unary(_GET_CLASS_FRAMES, given, timeout_s, fields)

    async def get_prefixes(
        self,
        given: datakernel_schema_service_pb2.GetPrefixesRequest | None = None,
        /,
        *,
        parent: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.GetPrefixesResponse:
        """The context: `@base`, `@schema` and the other prefixes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            revision: As of when. Left out: the head of `main`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "revision": revision,
        }
        return await self._calls.unary(_GET_PREFIXES, given, timeout_s, fields)

    async def set_prefix(
        self,
        given: datakernel_schema_service_pb2.SetPrefixRequest | None = None,
        /,
        *,
        parent: str = "",
        prefix: str = "",
        iri: str = "",
        create_only: bool = False,
        update_only: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.SetPrefixResponse:
        """Sets a prefix, or removes it. ALREADY_EXISTS with `create_only`; `@base` and `@schema`
        stay.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            prefix: The prefix, such as `geo`.
            iri: What it stands for, an IRI. Empty: remove it.
            create_only: Fail when it is there.
            update_only: Fail when it is not there.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "prefix": prefix,
            "iri": iri,
            "create_only": create_only,
            "update_only": update_only,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_SET_PREFIX, given, timeout_s, fields)

    async def migrate(
        self,
        given: datakernel_schema_service_pb2.MigrateSchemaRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        allow_destructive: bool = False,
        validate_only: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.MigrateSchemaResponse:
        """Changes the schema by operations and the documents with it, in one commit: create,
        delete, rename and move classes and properties, cast, change key, change parents, expand
        enum. FAILED_PRECONDITION with MIGRATION_REFUSED names the documents that stand in the
        way. With `validate_only` nothing changes.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The operations, a JSON array such as `[{"@type": "RenameClass", "from": "A",
                "to": "B"}]`.
            allow_destructive: Delete documents and values where an operation needs it.
            validate_only: Compute the answer and change nothing.
            expected_head: Id of the commit that has to be the head; ABORTED with STALE_HEAD
                otherwise. Empty: any.
            data_version: A `data_version` read before, such as `branch:<commit>`;
                FAILED_PRECONDITION with DATA_VERSION_MISMATCH when the branch is elsewhere by
                now. Empty: any.
            message: Why, at most 10,000 characters.
            request_id: Makes the call safe to repeat: at most 128 characters, unique in the
                database.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "allow_destructive": allow_destructive,
            "validate_only": validate_only,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_MIGRATE, given, timeout_s, fields)

    async def compare_schemas(
        self,
        given: datakernel_schema_service_pb2.CompareSchemasRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        base: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        target: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_schema_service_pb2.CompareSchemasResponse:
        """Compares the schema with another one and says of each change whether it weakens (every
        document stays valid) or strengthens, and what operations lead there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: The other schema: a JSON array of its documents. Empty: the schema at `target`.
            base: The schema to compare from. Left out: the head of `main`.
            target: The schema to compare to when the body is empty.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "base": base,
            "target": target,
        }
        return await self._calls.unary(_COMPARE_SCHEMAS, given, timeout_s, fields)
