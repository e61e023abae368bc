"""Calls of `oms.datakernel.v1.ModelDocumentService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Final

from google.api import httpbody_pb2
from oms.common.v1 import revision_pb2 as common_revision_pb2
from oms.datakernel.v1 import model_document_service_pb2 as datakernel_model_document_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncKernelModelDocuments", "KernelModelDocuments"]

_INSERT_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/InsertDocuments",
    datakernel_model_document_service_pb2.InsertDocumentsRequest,
    datakernel_model_document_service_pb2.InsertDocumentsResponse,
    takes_request_id=True,
)
_REPLACE_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/ReplaceDocuments",
    datakernel_model_document_service_pb2.ReplaceDocumentsRequest,
    datakernel_model_document_service_pb2.ReplaceDocumentsResponse,
    takes_request_id=True,
)
_PATCH_MODEL_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/PatchModelDocuments",
    datakernel_model_document_service_pb2.PatchModelDocumentsRequest,
    datakernel_model_document_service_pb2.PatchModelDocumentsResponse,
    takes_request_id=True,
)
_DELETE_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/DeleteDocuments",
    datakernel_model_document_service_pb2.DeleteDocumentsRequest,
    datakernel_model_document_service_pb2.DeleteDocumentsResponse,
    takes_request_id=True,
)
_READ_DOCUMENT: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/ReadDocument",
    datakernel_model_document_service_pb2.ReadDocumentRequest,
    datakernel_model_document_service_pb2.ReadDocumentResponse,
    is_read_only=True,
)
_READ_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/ReadDocuments",
    datakernel_model_document_service_pb2.ReadDocumentsRequest,
    datakernel_model_document_service_pb2.ReadDocumentsResponse,
    is_read_only=True,
)
_MATCH_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/MatchDocuments",
    datakernel_model_document_service_pb2.MatchDocumentsRequest,
    datakernel_model_document_service_pb2.MatchDocumentsResponse,
    is_read_only=True,
)
_COUNT_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/CountDocuments",
    datakernel_model_document_service_pb2.CountDocumentsRequest,
    datakernel_model_document_service_pb2.CountDocumentsResponse,
    is_read_only=True,
)
_CHECK_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/CheckDocuments",
    datakernel_model_document_service_pb2.CheckDocumentsRequest,
    datakernel_model_document_service_pb2.CheckDocumentsResponse,
    is_read_only=True,
)
_IMPORT_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/ImportDocuments",
    datakernel_model_document_service_pb2.ImportDocumentsRequest,
    datakernel_model_document_service_pb2.ImportDocumentsResponse,
)
_EXPORT_DOCUMENTS: Final = Method(
    "/oms.datakernel.v1.ModelDocumentService/ExportDocuments",
    datakernel_model_document_service_pb2.ExportDocumentsRequest,
    datakernel_model_document_service_pb2.ExportDocumentsResponse,
    is_read_only=True,
)


class KernelModelDocuments:
    """Documents of databases with the model DATABASE_MODEL_GRAPH: TerminusDB's document model. A
    schema graph says what classes there are, and every commit leaves the instance graph sound by
    it, or is refused with all violations.

    Documents travel as JSON bytes, so that numbers stay exact and REST stays natural: over HTTP
    the body is the JSON itself and everything else is in the path and the query. The answers to
    reads carry the response metadata `oms-data-version` and `oms-commit`.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def insert_documents(
        self,
        given: datakernel_model_document_service_pb2.InsertDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        full_replace: bool = False,
        raw_json: bool = False,
        merge_repeats: bool = False,
        overwrite: bool = False,
        require_migration: bool = False,
        allow_destructive_migration: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.InsertDocumentsResponse:
        """Inserts documents, all in one commit. The body is one document, an array of them, or
        several JSON values one after another. ALREADY_EXISTS when one is there, unless its key
        makes that no conflict; FAILED_PRECONDITION with SCHEMA_VIOLATION names every violation.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The documents: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            full_replace: Replace the whole graph by these documents; for the schema graph a
                `@context` has to be first.
            raw_json: Take an object whose class is `sys:JSON` as it is, without a schema.
            merge_repeats: Several documents of one id are joined; without this they are an
                error.
            overwrite: Replace documents that are there.
            require_migration: For the schema graph: migrate the documents to the new schema in
                the same commit, or refuse.
            allow_destructive_migration: For the schema graph: a migration may delete documents
                and values.
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
            "graph": graph,
            "full_replace": full_replace,
            "raw_json": raw_json,
            "merge_repeats": merge_repeats,
            "overwrite": overwrite,
            "require_migration": require_migration,
            "allow_destructive_migration": allow_destructive_migration,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_INSERT_DOCUMENTS, given, timeout_s, fields)

    def replace_documents(
        self,
        given: datakernel_model_document_service_pb2.ReplaceDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        create: bool = False,
        raw_json: bool = False,
        merge_repeats: bool = False,
        require_migration: bool = False,
        allow_destructive_migration: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ReplaceDocumentsResponse:
        """Replaces documents, all in one commit. NOT_FOUND for one that is not there, unless
        `create`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The documents: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            create: Create documents that are not there.
            raw_json: See `InsertDocumentsRequest.raw_json`.
            merge_repeats: See `InsertDocumentsRequest.merge_repeats`.
            require_migration: See `InsertDocumentsRequest.require_migration`.
            allow_destructive_migration: See
                `InsertDocumentsRequest.allow_destructive_migration`.
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
            "graph": graph,
            "create": create,
            "raw_json": raw_json,
            "merge_repeats": merge_repeats,
            "require_migration": require_migration,
            "allow_destructive_migration": allow_destructive_migration,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_REPLACE_DOCUMENTS, given, timeout_s, fields)

    def patch_model_documents(
        self,
        given: datakernel_model_document_service_pb2.PatchModelDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        match_final_state: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.PatchModelDocumentsResponse:
        """Applies a patch (see `DiffService`) to the documents it names by `@id`. ABORTED with
        PATCH_CONFLICT names the places that were not as the patch expects.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The patch, or an array of patches: JSON in UTF-8. Numbers keep every digit.
            match_final_state: A place that is already as the patch leaves it is no conflict.
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
            "match_final_state": match_final_state,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_PATCH_MODEL_DOCUMENTS, given, timeout_s, fields)

    def delete_documents(
        self,
        given: datakernel_model_document_service_pb2.DeleteDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        type: str = "",
        nuke: bool = False,
        hard: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.DeleteDocumentsResponse:
        """Deletes documents, all in one commit. FAILED_PRECONDITION with SCHEMA_VIOLATION when
        another document requires one. Without `hard` they stay readable with `show_deleted`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            document_ids: Ids of the documents, full or short, up to 10,000.
            graph: Which graph. Left out: the instance graph.
            type: Delete every document of this class and its subclasses. RESOURCE_NOT_FOUND
                names a class that does not exist.
            nuke: Delete every document of the graph. Excludes `document_ids` and `type`.
            hard: Leave no trace at the new head.
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
            "document_ids": document_ids,
            "graph": graph,
            "type": type,
            "nuke": nuke,
            "hard": hard,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return self._calls.unary(_DELETE_DOCUMENTS, given, timeout_s, fields)

    def read_document(
        self,
        given: datakernel_model_document_service_pb2.ReadDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        data_version: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ReadDocumentResponse:
        """Reads one document as JSON. NOT_FOUND when it is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id, full or short.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show it.
            show_deleted: Answer a softly deleted document too.
            data_version: Refused with DATA_VERSION_MISMATCH when the branch is elsewhere by now.
                Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "graph": graph,
            "form": form,
            "show_deleted": show_deleted,
            "data_version": data_version,
        }
        return self._calls.unary(_READ_DOCUMENT, given, timeout_s, fields)

    def read_documents(
        self,
        given: datakernel_model_document_service_pb2.ReadDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        as_list: bool = False,
        show_deleted: bool = False,
        data_version: str = "",
        timeout_s: float | None = None,
    ) -> Stream[datakernel_model_document_service_pb2.ReadDocumentsResponse]:
        """Reads documents as JSON: by id, by class with its subclasses, or all of them. In the
        order of the ids given; of a class by id, before those of each class that inherits from
        it; all by id. The answer is one value after another, a line each, or with `as_list` one
        array.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: Only these, in the order given. Empty: all.
            type: Only this class and its subclasses. Empty: all. A class that does not exist has
                no documents.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show them.
            skip: How many to pass over first.
            count: Most to answer. Left out: all.
            as_list: Answer one JSON array.
            show_deleted: Answer softly deleted documents too.
            data_version: Refused with DATA_VERSION_MISMATCH when the branch is elsewhere by now.
                Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "type": type,
            "revision": revision,
            "graph": graph,
            "form": form,
            "skip": skip,
            "count": count,
            "as_list": as_list,
            "show_deleted": show_deleted,
            "data_version": data_version,
        }
        return self._calls.stream(_READ_DOCUMENTS, given, timeout_s, fields)

    def match_documents(
        self,
        given: datakernel_model_document_service_pb2.MatchDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        as_list: bool = False,
        timeout_s: float | None = None,
    ) -> Stream[datakernel_model_document_service_pb2.MatchDocumentsResponse]:
        """Reads the documents that match a template: TerminusDB's template query. Members of the
        template have to be there with an equal value; objects go on to linked documents and
        subdocuments; `@id` and `@type` narrow down. A POST, because a template is JSON.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: The template: a JSON object, at most 64 KiB.
            type: Only this class and its subclasses. Empty: the template's `@type`.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show them.
            skip: How many to pass over first.
            count: Most to answer. Left out: all.
            as_list: Answer one JSON array.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "type": type,
            "revision": revision,
            "graph": graph,
            "form": form,
            "skip": skip,
            "count": count,
            "as_list": as_list,
        }
        return self._calls.stream(_MATCH_DOCUMENTS, given, timeout_s, fields)

    def count_documents(
        self,
        given: datakernel_model_document_service_pb2.CountDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.CountDocumentsResponse:
        """Counts documents of a class, or all.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only this class and its subclasses. Empty: all. RESOURCE_NOT_FOUND names a
                class that does not exist.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "graph": graph,
        }
        return self._calls.unary(_COUNT_DOCUMENTS, given, timeout_s, fields)

    def check_documents(
        self,
        given: datakernel_model_document_service_pb2.CheckDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.CheckDocumentsResponse:
        """Tells which of some documents are there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: 1 to 1,000 ids, full or short.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "revision": revision,
            "graph": graph,
        }
        return self._calls.unary(_CHECK_DOCUMENTS, given, timeout_s, fields)

    def import_documents(
        self,
        requests: Iterable[datakernel_model_document_service_pb2.ImportDocumentsRequest],
        *,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ImportDocumentsResponse:
        """Imports JSON Lines of any length in bounded memory: a commit for each `batch_size`
        documents. The answer says how far it got; after a failure import again with `skip_lines`
        or under the same `import_id`, which skips what is stored already.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.upload(_IMPORT_DOCUMENTS, requests, timeout_s)

    def export_documents(
        self,
        given: datakernel_model_document_service_pb2.ExportDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        types: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        after_document_id: str = "",
        timeout_s: float | None = None,
    ) -> Stream[datakernel_model_document_service_pb2.ExportDocumentsResponse]:
        """Exports documents as JSON Lines in bounded memory, ordered by id, all as of one commit.
        Resume with the id of the last line received whole.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            types: Only these classes and their subclasses. Empty: all. RESOURCE_NOT_FOUND names
                a class that does not exist.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            after_document_id: Only documents after this id, to resume. Empty: from the first.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "types": types,
            "revision": revision,
            "graph": graph,
            "after_document_id": after_document_id,
        }
        return self._calls.stream(_EXPORT_DOCUMENTS, given, timeout_s, fields)


class AsyncKernelModelDocuments:
    """Documents of databases with the model DATABASE_MODEL_GRAPH: TerminusDB's document model. A
    schema graph says what classes there are, and every commit leaves the instance graph sound by
    it, or is refused with all violations.

    Documents travel as JSON bytes, so that numbers stay exact and REST stays natural: over HTTP
    the body is the JSON itself and everything else is in the path and the query. The answers to
    reads carry the response metadata `oms-data-version` and `oms-commit`.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def insert_documents(
        self,
        given: datakernel_model_document_service_pb2.InsertDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        full_replace: bool = False,
        raw_json: bool = False,
        merge_repeats: bool = False,
        overwrite: bool = False,
        require_migration: bool = False,
        allow_destructive_migration: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.InsertDocumentsResponse:
        """Inserts documents, all in one commit. The body is one document, an array of them, or
        several JSON values one after another. ALREADY_EXISTS when one is there, unless its key
        makes that no conflict; FAILED_PRECONDITION with SCHEMA_VIOLATION names every violation.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The documents: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            full_replace: Replace the whole graph by these documents; for the schema graph a
                `@context` has to be first.
            raw_json: Take an object whose class is `sys:JSON` as it is, without a schema.
            merge_repeats: Several documents of one id are joined; without this they are an
                error.
            overwrite: Replace documents that are there.
            require_migration: For the schema graph: migrate the documents to the new schema in
                the same commit, or refuse.
            allow_destructive_migration: For the schema graph: a migration may delete documents
                and values.
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
            "graph": graph,
            "full_replace": full_replace,
            "raw_json": raw_json,
            "merge_repeats": merge_repeats,
            "overwrite": overwrite,
            "require_migration": require_migration,
            "allow_destructive_migration": allow_destructive_migration,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_INSERT_DOCUMENTS, given, timeout_s, fields)

    async def replace_documents(
        self,
        given: datakernel_model_document_service_pb2.ReplaceDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        create: bool = False,
        raw_json: bool = False,
        merge_repeats: bool = False,
        require_migration: bool = False,
        allow_destructive_migration: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ReplaceDocumentsResponse:
        """Replaces documents, all in one commit. NOT_FOUND for one that is not there, unless
        `create`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The documents: JSON in UTF-8. Numbers keep every digit. At most 64 MiB.
            graph: Which graph. Left out: the instance graph.
            create: Create documents that are not there.
            raw_json: See `InsertDocumentsRequest.raw_json`.
            merge_repeats: See `InsertDocumentsRequest.merge_repeats`.
            require_migration: See `InsertDocumentsRequest.require_migration`.
            allow_destructive_migration: See
                `InsertDocumentsRequest.allow_destructive_migration`.
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
            "graph": graph,
            "create": create,
            "raw_json": raw_json,
            "merge_repeats": merge_repeats,
            "require_migration": require_migration,
            "allow_destructive_migration": allow_destructive_migration,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_REPLACE_DOCUMENTS, given, timeout_s, fields)

    async def patch_model_documents(
        self,
        given: datakernel_model_document_service_pb2.PatchModelDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        match_final_state: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.PatchModelDocumentsResponse:
        """Applies a patch (see `DiffService`) to the documents it names by `@id`. ABORTED with
        PATCH_CONFLICT names the places that were not as the patch expects.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            body: The patch, or an array of patches: JSON in UTF-8. Numbers keep every digit.
            match_final_state: A place that is already as the patch leaves it is no conflict.
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
            "match_final_state": match_final_state,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_PATCH_MODEL_DOCUMENTS, given, timeout_s, fields)

    async def delete_documents(
        self,
        given: datakernel_model_document_service_pb2.DeleteDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        type: str = "",
        nuke: bool = False,
        hard: bool = False,
        expected_head: str = "",
        data_version: str = "",
        message: str = "",
        request_id: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.DeleteDocumentsResponse:
        """Deletes documents, all in one commit. FAILED_PRECONDITION with SCHEMA_VIOLATION when
        another document requires one. Without `hard` they stay readable with `show_deleted`.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}/branches/{branch}`.
            document_ids: Ids of the documents, full or short, up to 10,000.
            graph: Which graph. Left out: the instance graph.
            type: Delete every document of this class and its subclasses. RESOURCE_NOT_FOUND
                names a class that does not exist.
            nuke: Delete every document of the graph. Excludes `document_ids` and `type`.
            hard: Leave no trace at the new head.
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
            "document_ids": document_ids,
            "graph": graph,
            "type": type,
            "nuke": nuke,
            "hard": hard,
            "expected_head": expected_head,
            "data_version": data_version,
            "message": message,
            "request_id": request_id,
        }
        return await self._calls.unary(_DELETE_DOCUMENTS, given, timeout_s, fields)

    async def read_document(
        self,
        given: datakernel_model_document_service_pb2.ReadDocumentRequest | None = None,
        /,
        *,
        parent: str = "",
        document_id: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        show_deleted: bool = False,
        data_version: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ReadDocumentResponse:
        """Reads one document as JSON. NOT_FOUND when it is not there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_id: Id, full or short.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show it.
            show_deleted: Answer a softly deleted document too.
            data_version: Refused with DATA_VERSION_MISMATCH when the branch is elsewhere by now.
                Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_id": document_id,
            "revision": revision,
            "graph": graph,
            "form": form,
            "show_deleted": show_deleted,
            "data_version": data_version,
        }
        return await self._calls.unary(_READ_DOCUMENT, given, timeout_s, fields)

    def read_documents(
        self,
        given: datakernel_model_document_service_pb2.ReadDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        as_list: bool = False,
        show_deleted: bool = False,
        data_version: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_model_document_service_pb2.ReadDocumentsResponse]:
        """Reads documents as JSON: by id, by class with its subclasses, or all of them. In the
        order of the ids given; of a class by id, before those of each class that inherits from
        it; all by id. The answer is one value after another, a line each, or with `as_list` one
        array.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: Only these, in the order given. Empty: all.
            type: Only this class and its subclasses. Empty: all. A class that does not exist has
                no documents.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show them.
            skip: How many to pass over first.
            count: Most to answer. Left out: all.
            as_list: Answer one JSON array.
            show_deleted: Answer softly deleted documents too.
            data_version: Refused with DATA_VERSION_MISMATCH when the branch is elsewhere by now.
                Empty: any.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "type": type,
            "revision": revision,
            "graph": graph,
            "form": form,
            "skip": skip,
            "count": count,
            "as_list": as_list,
            "show_deleted": show_deleted,
            "data_version": data_version,
        }
        return self._calls.stream(_READ_DOCUMENTS, given, timeout_s, fields)

    def match_documents(
        self,
        given: datakernel_model_document_service_pb2.MatchDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        body: httpbody_pb2.HttpBody | Mapping[str, Any] | None = None,
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        form: datakernel_model_document_service_pb2.DocumentForm | Mapping[str, Any] | None = None,
        skip: int = 0,
        count: int | None = None,
        as_list: bool = False,
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_model_document_service_pb2.MatchDocumentsResponse]:
        """Reads the documents that match a template: TerminusDB's template query. Members of the
        template have to be there with an equal value; objects go on to linked documents and
        subdocuments; `@id` and `@type` narrow down. A POST, because a template is JSON.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            body: The template: a JSON object, at most 64 KiB.
            type: Only this class and its subclasses. Empty: the template's `@type`.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            form: How to show them.
            skip: How many to pass over first.
            count: Most to answer. Left out: all.
            as_list: Answer one JSON array.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "body": body,
            "type": type,
            "revision": revision,
            "graph": graph,
            "form": form,
            "skip": skip,
            "count": count,
            "as_list": as_list,
        }
        return self._calls.stream(_MATCH_DOCUMENTS, given, timeout_s, fields)

    async def count_documents(
        self,
        given: datakernel_model_document_service_pb2.CountDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        type: str = "",
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.CountDocumentsResponse:
        """Counts documents of a class, or all.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            type: Only this class and its subclasses. Empty: all. RESOURCE_NOT_FOUND names a
                class that does not exist.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "type": type,
            "revision": revision,
            "graph": graph,
        }
        return await self._calls.unary(_COUNT_DOCUMENTS, given, timeout_s, fields)

    async def check_documents(
        self,
        given: datakernel_model_document_service_pb2.CheckDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        document_ids: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.CheckDocumentsResponse:
        """Tells which of some documents are there.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            document_ids: 1 to 1,000 ids, full or short.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "document_ids": document_ids,
            "revision": revision,
            "graph": graph,
        }
        return await self._calls.unary(_CHECK_DOCUMENTS, given, timeout_s, fields)

    async def import_documents(
        self,
        requests: AsyncIterable[datakernel_model_document_service_pb2.ImportDocumentsRequest] | Iterable[datakernel_model_document_service_pb2.ImportDocumentsRequest],
        *,
        timeout_s: float | None = None,
    ) -> datakernel_model_document_service_pb2.ImportDocumentsResponse:
        """Imports JSON Lines of any length in bounded memory: a commit for each `batch_size`
        documents. The answer says how far it got; after a failure import again with `skip_lines`
        or under the same `import_id`, which skips what is stored already.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return await self._calls.upload(_IMPORT_DOCUMENTS, requests, timeout_s)

    def export_documents(
        self,
        given: datakernel_model_document_service_pb2.ExportDocumentsRequest | None = None,
        /,
        *,
        parent: str = "",
        types: Iterable[str] = (),
        revision: common_revision_pb2.Revision | Mapping[str, Any] | None = None,
        graph: datakernel_model_document_service_pb2.Graph | str | None = None,
        after_document_id: str = "",
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_model_document_service_pb2.ExportDocumentsResponse]:
        """Exports documents as JSON Lines in bounded memory, ordered by id, all as of one commit.
        Resume with the id of the last line received whole.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            types: Only these classes and their subclasses. Empty: all. RESOURCE_NOT_FOUND names
                a class that does not exist.
            revision: As of when. Left out: the head of `main`.
            graph: Which graph. Left out: the instance graph.
            after_document_id: Only documents after this id, to resume. Empty: from the first.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "types": types,
            "revision": revision,
            "graph": graph,
            "after_document_id": after_document_id,
        }
        return self._calls.stream(_EXPORT_DOCUMENTS, given, timeout_s, fields)
