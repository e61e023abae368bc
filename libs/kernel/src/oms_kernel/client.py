"""One client for everything the kernel offers.

Reads at a branch resolve it through `HeadCache` and go on as of a commit; reads as of a
commit go through `TieredCache`. A caller without either gets plain calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any, TypeVar

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.message import Message
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms.datakernel.v1 import model_document_service_pb2 as model_pb2
from oms.datakernel.v1 import model_document_service_pb2_grpc as model_grpc
from oms.datakernel.v1 import query_service_pb2 as query_pb2
from oms.datakernel.v1 import query_service_pb2_grpc as query_grpc

from oms_kernel.cache import TieredCache
from oms_kernel.errors import kernel_errors
from oms_kernel.heads import HeadCache

_M = TypeVar("_M", bound=Message)


class KernelClient:
    """Calls to the kernel, cached where a commit makes the answer final.

    The caller has to be authorised before: an answer from the cache asks nobody.
    Every method raises the kernel's typed errors, `ServiceUnavailable` among them.
    The generated stubs are there for everything else.
    """

    def __init__(
        self, channel: Any, *, cache: TieredCache | None = None, heads: HeadCache | None = None
    ) -> None:
        """Calls nothing yet; closes none of what it is given."""
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.branches: Any = branch_grpc.BranchServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.documents: Any = document_grpc.DocumentServiceStub(channel)
        self.model_documents: Any = model_grpc.ModelDocumentServiceStub(channel)
        self.queries: Any = query_grpc.QueryServiceStub(channel)
        self.cache = cache
        self.heads = heads

    async def resolve(self, database: str, revision: Revision | None) -> str:
        """Id of the commit that a revision means; None is the head of `main`.

        A branch may be read a moment late, see `oms_kernel.heads`.

        Raises:
            ResourceNotFound: there is no such database, branch, tag or commit.
        """
        branch = revision.branch if revision is not None else ""
        is_head = revision is None or revision == Revision(branch=branch)
        if is_head and self.heads is not None:
            return await self.heads.head(database, branch)
        return await self.resolve_now(database, revision)

    async def resolve_now(self, database: str, revision: Revision | None) -> str:
        """As `resolve`, asking the kernel: sees every commit acknowledged before."""
        request = commit_pb2.ResolveRevisionRequest(parent=_parent(database), revision=revision)
        with kernel_errors():
            return (await self.commits.ResolveRevision(request)).commit.commit_id

    async def get_document(
        self, database: str, document_id: str, revision: Revision | None = None
    ) -> document_pb2.Document:
        """A document with who changed it.

        Raises:
            ResourceNotFound: it is not there at that revision.
        """
        request = document_pb2.GetDocumentRequest(parent=_parent(database), document_id=document_id)
        call = self.documents.GetDocument
        response = await self._as_of(
            call, request, database, revision, document_pb2.GetDocumentResponse
        )
        return response.document

    async def list_documents(
        self, database: str, types: Sequence[str], revision: Revision | None = None
    ) -> AsyncGenerator[Sequence[document_pb2.Document]]:
        """Every document of some types, ordered by id, in pages of one commit."""
        commit_id = await self.resolve(database, revision)
        for type_ in types or [""]:
            token = ""
            while True:
                request = document_pb2.ListDocumentsRequest(
                    parent=_parent(database), type=type_, page_size=500, page_token=token
                )
                page = await self._as_of(
                    self.documents.ListDocuments,
                    request,
                    database,
                    Revision(commit=commit_id),
                    document_pb2.ListDocumentsResponse,
                )
                yield page.documents
                token = page.next_page_token
                if not token:
                    break

    async def read_json(
        self, database: str, document_id: str, revision: Revision | None = None
    ) -> bytes:
        """A document of a graph database, as TerminusDB shows it.

        Raises:
            ResourceNotFound: it is not there at that revision.
            WrongModel: the database is no graph database.
        """
        request = model_pb2.ReadDocumentRequest(parent=_parent(database), document_id=document_id)
        call = self.model_documents.ReadDocument
        response = await self._as_of(
            call, request, database, revision, model_pb2.ReadDocumentResponse
        )
        return response.body.data

    async def query(self, database: str, woql: bytes, revision: Revision | None = None) -> bytes:
        """The answer of a query that only reads, WOQL as JSON-LD in and JSON out.

        Raises:
            InvalidQuery: it is no query, or it writes.
            LimitExceeded, DeadlineExceeded: it needs too much.
        """
        body = HttpBody(content_type="application/json", data=woql)
        request = query_pb2.QueryRequest(parent=_parent(database), body=body)
        response = await self._as_of(
            self.queries.Query, request, database, revision, query_pb2.QueryResponse
        )
        return response.body.data

    async def _as_of(
        self,
        call: Any,
        request: Any,
        database: str,
        revision: Revision | None,
        response_type: type[_M],
    ) -> _M:
        """Makes a call as of the commit a revision means, from the cache if that has it."""
        commit_id = await self.resolve(database, revision) if _is_moving(revision) else None
        request.revision.CopyFrom(Revision(commit=commit_id) if commit_id else revision)
        cache = self.cache
        if cache is None:
            with kernel_errors():
                return await call(request)

        async def load() -> bytes:
            with kernel_errors():
                response = await call(request)
            return response.SerializeToString()

        return response_type.FromString(await cache.get(cache_key(request), load))


def cache_key(request: Any) -> str:
    """Names the answer to a request: what is asked, of which database, as of which commit.

    Raises:
        ValueError: the request is not as of a commit, so its answer is not final.
    """
    if not request.revision.commit:
        raise ValueError("only what is read as of a commit may be cached")
    name = request.DESCRIPTOR.name
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
    return f"{request.parent}/{request.revision.commit}/{name}/{digest}"


def _is_moving(revision: Revision | None) -> bool:
    return revision is None or not revision.commit


def _parent(database: str) -> str:
    return f"databases/{database}"
