"""Calls of `oms.datakernel.v1.ReplicationService`. Generated from its proto."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, Final

from oms.datakernel.v1 import replication_service_pb2 as datakernel_replication_service_pb2
from oms_client.aio_calls import AsyncCalls, AsyncStream
from oms_client.calls import Calls, Stream
from oms_client.methods import Method

__all__ = ["AsyncKernelReplication", "KernelReplication"]

_EXPORT_HISTORY: Final = Method(
    "/oms.datakernel.v1.ReplicationService/ExportHistory",
    datakernel_replication_service_pb2.ExportHistoryRequest,
    datakernel_replication_service_pb2.ExportHistoryResponse,
    is_read_only=True,
)
_IMPORT_HISTORY: Final = Method(
    "/oms.datakernel.v1.ReplicationService/ImportHistory",
    datakernel_replication_service_pb2.ImportHistoryRequest,
    datakernel_replication_service_pb2.ImportHistoryResponse,
)
_CLONE_DATABASE: Final = Method(
    "/oms.datakernel.v1.ReplicationService/CloneDatabase",
    datakernel_replication_service_pb2.CloneDatabaseRequest,
    datakernel_replication_service_pb2.CloneDatabaseResponse,
)
_PULL_BRANCH: Final = Method(
    "/oms.datakernel.v1.ReplicationService/PullBranch",
    datakernel_replication_service_pb2.PullBranchRequest,
    datakernel_replication_service_pb2.PullBranchResponse,
)
_PUSH_BRANCH: Final = Method(
    "/oms.datakernel.v1.ReplicationService/PushBranch",
    datakernel_replication_service_pb2.PushBranchRequest,
    datakernel_replication_service_pb2.PushBranchResponse,
)


class KernelReplication:
    """Moves whole histories between kernels, commit by commit, with ids that stay the same and are
    verified on arrival. A bundle is a stream of commits, each after its parents.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def export_history(
        self,
        given: datakernel_replication_service_pb2.ExportHistoryRequest | None = None,
        /,
        *,
        parent: str = "",
        branches: Iterable[str] = (),
        have: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> Stream[datakernel_replication_service_pb2.ExportHistoryResponse]:
        """Streams the commits reachable from some branches and tags that the receiver lacks.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            branches: Branches to send. Empty: all, with all tags.
            have: Commits the receiver has: they and their ancestors are left out.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branches": branches,
            "have": have,
        }
        return self._calls.stream(_EXPORT_HISTORY, given, timeout_s, fields)

    def import_history(
        self,
        requests: Iterable[datakernel_replication_service_pb2.ImportHistoryRequest],
        *,
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.ImportHistoryResponse:
        """Takes a bundle in and then moves the branches it names, each by compare-and-swap. What
        arrived before the stream broke stays unreachable until it is sent again. DATA_LOSS when
        a commit does not match its id.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return self._calls.upload(_IMPORT_HISTORY, requests, timeout_s)

    def clone_database(
        self,
        given: datakernel_replication_service_pb2.CloneDatabaseRequest | None = None,
        /,
        *,
        database_id: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.CloneDatabaseResponse:
        """Creates a database as a copy of one at another OMS kernel, with its whole history.
        Commits keep their ids, which name the database that the history began in.

        Args:
            given: The request as a message; what the others set is put on top.
            database_id: Id of the new database.
            remote: Where from.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database_id": database_id,
            "remote": remote,
        }
        return self._calls.unary(_CLONE_DATABASE, given, timeout_s, fields)

    def pull_branch(
        self,
        given: datakernel_replication_service_pb2.PullBranchRequest | None = None,
        /,
        *,
        name: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        remote_branch: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.PullBranchResponse:
        """Fetches a branch from another kernel and moves the own one forward to it.
        FAILED_PRECONDITION with DIVERGED when both have commits of their own: merge or rebase
        then.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            remote: Where from.
            remote_branch: The branch there. Empty: the same.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "remote": remote,
            "remote_branch": remote_branch,
        }
        return self._calls.unary(_PULL_BRANCH, given, timeout_s, fields)

    def push_branch(
        self,
        given: datakernel_replication_service_pb2.PushBranchRequest | None = None,
        /,
        *,
        name: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        remote_branch: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.PushBranchResponse:
        """Sends a branch to another kernel and moves the one there forward. FAILED_PRECONDITION
        with DIVERGED when the one there has commits of its own.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            remote: Where to.
            remote_branch: The branch there. Empty: the same.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "remote": remote,
            "remote_branch": remote_branch,
        }
        return self._calls.unary(_PUSH_BRANCH, given, timeout_s, fields)


class AsyncKernelReplication:
    """Moves whole histories between kernels, commit by commit, with ids that stay the same and are
    verified on arrival. A bundle is a stream of commits, each after its parents.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    def export_history(
        self,
        given: datakernel_replication_service_pb2.ExportHistoryRequest | None = None,
        /,
        *,
        parent: str = "",
        branches: Iterable[str] = (),
        have: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> AsyncStream[datakernel_replication_service_pb2.ExportHistoryResponse]:
        """Streams the commits reachable from some branches and tags that the receiver lacks.

        Args:
            given: The request as a message; what the others set is put on top.
            parent: `databases/{database}`.
            branches: Branches to send. Empty: all, with all tags.
            have: Commits the receiver has: they and their ancestors are left out.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "parent": parent,
            "branches": branches,
            "have": have,
        }
        return self._calls.stream(_EXPORT_HISTORY, given, timeout_s, fields)

    async def import_history(
        self,
        requests: AsyncIterable[datakernel_replication_service_pb2.ImportHistoryRequest] | Iterable[datakernel_replication_service_pb2.ImportHistoryRequest],
        *,
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.ImportHistoryResponse:
        """Takes a bundle in and then moves the branches it names, each by compare-and-swap. What
        arrived before the stream broke stays unreachable until it is sent again. DATA_LOSS when
        a commit does not match its id.

        Args:
            requests: The messages to send.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        return await self._calls.upload(_IMPORT_HISTORY, requests, timeout_s)

    async def clone_database(
        self,
        given: datakernel_replication_service_pb2.CloneDatabaseRequest | None = None,
        /,
        *,
        database_id: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.CloneDatabaseResponse:
        """Creates a database as a copy of one at another OMS kernel, with its whole history.
        Commits keep their ids, which name the database that the history began in.

        Args:
            given: The request as a message; what the others set is put on top.
            database_id: Id of the new database.
            remote: Where from.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "database_id": database_id,
            "remote": remote,
        }
        return await self._calls.unary(_CLONE_DATABASE, given, timeout_s, fields)

    async def pull_branch(
        self,
        given: datakernel_replication_service_pb2.PullBranchRequest | None = None,
        /,
        *,
        name: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        remote_branch: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.PullBranchResponse:
        """Fetches a branch from another kernel and moves the own one forward to it.
        FAILED_PRECONDITION with DIVERGED when both have commits of their own: merge or rebase
        then.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            remote: Where from.
            remote_branch: The branch there. Empty: the same.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "remote": remote,
            "remote_branch": remote_branch,
        }
        return await self._calls.unary(_PULL_BRANCH, given, timeout_s, fields)

    async def push_branch(
        self,
        given: datakernel_replication_service_pb2.PushBranchRequest | None = None,
        /,
        *,
        name: str = "",
        remote: datakernel_replication_service_pb2.RemoteKernel | Mapping[str, Any] | None = None,
        remote_branch: str = "",
        timeout_s: float | None = None,
    ) -> datakernel_replication_service_pb2.PushBranchResponse:
        """Sends a branch to another kernel and moves the one there forward. FAILED_PRECONDITION
        with DIVERGED when the one there has commits of its own.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `databases/{database}/branches/{branch}`.
            remote: Where to.
            remote_branch: The branch there. Empty: the same.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
            "remote": remote,
            "remote_branch": remote_branch,
        }
        return await self._calls.unary(_PUSH_BRANCH, given, timeout_s, fields)
