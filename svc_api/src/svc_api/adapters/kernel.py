"""The data kernel in the words of the ontology service.

An ontology is a kernel database of the same id. Errors of the kernel are raised
as the typed errors they stand for, with ontologies and elements named instead of
databases and documents.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc.aio
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as branch_pb2
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms.datakernel.v1 import commit_service_pb2_grpc as commit_grpc
from oms.datakernel.v1 import database_service_pb2 as database_pb2
from oms.datakernel.v1 import database_service_pb2_grpc as database_grpc
from oms.datakernel.v1 import document_service_pb2 as document_pb2
from oms.datakernel.v1 import document_service_pb2_grpc as document_grpc
from oms_core.errors import (
    FieldViolation,
    LimitExceeded,
    OmsError,
    PreconditionViolation,
    ResourceNotFound,
)
from oms_kernel import HeadCache, KernelClient
from oms_rpc.errors import from_rpc_error

from svc_api.adapters.documents import DOCUMENT_TYPES, key_of_document
from svc_api.domain.kinds import kind_of
from svc_api.domain.names import element_name, ontology_name

DATABASE_KIND = "ontology"
MAIN_BRANCH = "main"
_BATCH = 500

_DATABASE = re.compile(r"\bdatabases/([a-z][a-z0-9-]*)(?:/documents/([A-Za-z]+/[A-Za-z0-9_.-]+))?")


class Kernel:
    """The calls that the ontology service makes to the kernel.

    Every method may raise ResourceNotFound for the ontology, the branch or the
    commit, and ServiceUnavailable while the kernel can't be reached.
    """

    def __init__(
        self, channel: Any, *, client: KernelClient | None = None, heads: HeadCache | None = None
    ) -> None:
        """Calls nothing yet.

        Args:
            client: Reads whole ontologies through a cache shared with other processes. Left
                out: they come from the kernel.
            heads: Knows where branches are. Left out: the kernel is asked each time.
        """
        self._client = client
        self._heads = heads
        self.databases: Any = database_grpc.DatabaseServiceStub(channel)
        self.branches: Any = branch_grpc.BranchServiceStub(channel)
        self.commits: Any = commit_grpc.CommitServiceStub(channel)
        self.documents: Any = document_grpc.DocumentServiceStub(channel)

    async def get_database(self, ontology: str) -> database_pb2.Database:
        """The database of an ontology, whatever its kind."""
        with ontology_errors(ontology):
            response = await self.databases.GetDatabase(
                database_pb2.GetDatabaseRequest(name=database_name(ontology))
            )
        return response.database

    async def resolve(self, ontology: str, revision: Revision | None) -> commit_pb2.Commit:
        """The commit that a revision means right now; None is the head of `main`."""
        with ontology_errors(ontology):
            response = await self.commits.ResolveRevision(
                commit_pb2.ResolveRevisionRequest(parent=database_name(ontology), revision=revision)
            )
        return response.commit

    async def head(self, ontology: str, branch: str) -> str:
        """Id of the commit a branch is at; empty means `main`. See `oms_kernel.heads` for how
        late it may be; what is about to be written asks `resolve`."""
        if self._heads is None:
            return (await self.resolve(ontology, Revision(branch=branch or MAIN_BRANCH))).commit_id
        try:
            return await self._heads.head(ontology, branch)
        except OmsError as exc:
            raise _translated(exc, ontology) from exc

    def forget(self, ontology: str, branch: str | None = None) -> None:
        """Drops what is remembered of an ontology or a branch that was deleted."""
        if self._heads is not None and branch is None:
            self._heads.forget(ontology)
        elif self._heads is not None:
            self._heads.forget_branch(ontology, branch or MAIN_BRANCH)

    async def find_commit(self, ontology: str, request_id: str) -> commit_pb2.Commit | None:
        """The commit that a request made, or None when it made none."""
        request = commit_pb2.FindCommitRequest(
            parent=database_name(ontology), request_id=request_id
        )
        try:
            with ontology_errors(ontology):
                return (await self.commits.FindCommit(request)).commit
        except ResourceNotFound:
            return None

    async def create_commit(
        self,
        ontology: str,
        branch: str,
        operations: Sequence[commit_pb2.DocumentOperation],
        *,
        expected_head: str,
        message: str,
        request_id: str,
        fingerprint: bytes,
    ) -> commit_pb2.CreateCommitResponse:
        """Commits operations on top of a head.

        Raises:
            StaleHead: the branch is elsewhere.
            RequestIdReused: the request id made another commit.
        """
        request = commit_pb2.CreateCommitRequest(
            parent=branch_name(ontology, branch),
            operations=operations,
            expected_head=expected_head,
            message=message,
            request_id=request_id,
            request_fingerprint=fingerprint,
        )
        with ontology_errors(ontology):
            response = await self.commits.CreateCommit(request)
        self._moved(ontology, branch, response.commit)
        return response

    async def merge(
        self, ontology: str, request: commit_pb2.MergeBranchRequest
    ) -> commit_pb2.MergeBranchResponse:
        """Merges, or says what a merge would do."""
        with ontology_errors(ontology):
            response = await self.commits.MergeBranch(request)
        if response.HasField("commit"):
            self._moved(ontology, request.name.rpartition("/")[2], response.commit)
        return response

    def _moved(self, ontology: str, branch: str, commit: commit_pb2.Commit) -> None:
        if self._heads is not None:
            self._heads.moved(ontology, branch, commit)

    async def documents_at(
        self, ontology: str, commit_id: str
    ) -> AsyncGenerator[Sequence[document_pb2.Document]]:
        """Every document of an ontology as of a commit, in parts."""
        if self._client is not None:
            revision = Revision(commit=commit_id)
            try:
                async for part in self._client.list_documents(ontology, DOCUMENT_TYPES, revision):
                    yield part
            except OmsError as exc:
                raise _translated(exc, ontology) from exc
            return
        request = document_pb2.StreamDocumentsRequest(
            parent=database_name(ontology),
            types=DOCUMENT_TYPES,
            revision=Revision(commit=commit_id),
        )
        with ontology_errors(ontology):
            async for part in self.documents.StreamDocuments(request):
                yield part.documents

    async def batch_get(
        self, ontology: str, commit_id: str, document_ids: Sequence[str]
    ) -> list[document_pb2.Document]:
        """The documents of these ids that are there as of a commit."""
        found: list[document_pb2.Document] = []
        for start in range(0, len(document_ids), _BATCH):
            batch = document_ids[start : start + _BATCH]
            found += await self._batch(ontology, commit_id, batch)
        return found

    async def _batch(
        self, ontology: str, commit_id: str, document_ids: Sequence[str]
    ) -> Sequence[document_pb2.Document]:
        request = document_pb2.BatchGetDocumentsRequest(
            parent=database_name(ontology),
            document_ids=document_ids,
            revision=Revision(commit=commit_id),
        )
        try:
            with ontology_errors(ontology):
                return (await self.documents.BatchGetDocuments(request)).documents
        except LimitExceeded:
            # Together too large for one message; a document alone never is.
            if len(document_ids) == 1:
                raise
        half = len(document_ids) // 2
        first = await self._batch(ontology, commit_id, document_ids[:half])
        return [*first, *await self._batch(ontology, commit_id, document_ids[half:])]

    async def diff_page(
        self, ontology: str, request: commit_pb2.DiffCommitsRequest
    ) -> commit_pb2.DiffCommitsResponse:
        """One page of the documents that differ."""
        request.parent = database_name(ontology)
        with ontology_errors(ontology):
            return await self.commits.DiffCommits(request)

    async def diff(
        self, ontology: str, base: str, target: str
    ) -> AsyncGenerator[commit_pb2.DiffCommitsResponse]:
        """The elements that differ between two commits, without contents, page by page."""
        token = ""
        while True:
            page = await self.diff_page(
                ontology,
                commit_pb2.DiffCommitsRequest(
                    base=Revision(commit=base),
                    target=Revision(commit=target),
                    types=DOCUMENT_TYPES,
                    page_size=1000,
                    page_token=token,
                ),
            )
            yield page
            token = page.next_page_token
            if not token:
                return

    async def get_branch(self, ontology: str, branch: str) -> branch_pb2.Branch:
        """A branch."""
        with ontology_errors(ontology):
            response = await self.branches.GetBranch(
                branch_pb2.GetBranchRequest(name=branch_name(ontology, branch))
            )
        return response.branch


def database_name(ontology: str) -> str:
    """The kernel's name of an ontology."""
    return f"databases/{ontology}"


def branch_name(ontology: str, branch: str) -> str:
    """The kernel's name of a branch of an ontology; empty means `main`."""
    return f"databases/{ontology}/branches/{branch or MAIN_BRANCH}"


def commit_name(ontology: str, commit_id: str) -> str:
    """The kernel's name of a commit of an ontology."""
    return f"databases/{ontology}/commits/{commit_id}"


@contextmanager
def ontology_errors(ontology: str) -> Generator[None]:
    """Raises the kernel's errors in the words of the ontology service."""
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise _translated(from_rpc_error(exc), ontology) from exc


def _translated(error: OmsError, ontology: str) -> OmsError:
    metadata = {key: _words(value) for key, value in error.metadata.items()}
    message = _words(error.message)
    name = error.metadata.get("resource_name", "")
    resource_type = error.metadata.get("resource_type", "")
    if "document" in metadata:
        metadata["document"] = _element_words(metadata["document"], ontology)
    if resource_type and name:
        metadata |= _resource(resource_type, name, ontology)
        message = message.replace(repr(name), repr(metadata["resource_name"]))
    return type(error)(
        message,
        metadata=metadata,
        fields=[FieldViolation(f.field, _words(f.description)) for f in error.fields],
        preconditions=[
            PreconditionViolation(
                p.type, _element_words(p.subject, ontology), _words(p.description)
            )
            for p in error.preconditions
        ],
        retry_after_s=error.retry_after_s,
    )


def _resource(resource_type: str, name: str, ontology: str) -> dict[str, str]:
    """The kernel's resource as one of this service. It names resources by their last part."""
    last = name.rpartition("/")[2]
    if resource_type == "database":
        return {"resource_type": "ontology", "resource_name": ontology_name(last)}
    if resource_type in {"branch", "commit"}:
        collection = "branches" if resource_type == "branch" else "commits"
        return {"resource_name": f"{ontology_name(ontology)}/{collection}/{last}"}
    key = key_of_document(name) if resource_type == "document" else None
    if key is None:
        return {}
    return {"resource_type": kind_of(key).field, "resource_name": element_name(ontology, key)}


def _words(text: str) -> str:
    return _DATABASE.sub(_ontology_words, text).replace("database '", "ontology '")


def _ontology_words(match: re.Match[str]) -> str:
    ontology, document = match.groups()
    key = key_of_document(document) if document else None
    if key is not None:
        return element_name(ontology, key)
    return ontology_name(ontology) + (f"/documents/{document}" if document else "")


def _element_words(subject: str, ontology: str) -> str:
    key = key_of_document(subject)
    return element_name(ontology, key) if key is not None else subject
