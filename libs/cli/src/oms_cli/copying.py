"""A database's history from one kernel to another, through this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import commit_service_pb2 as commit_pb
from oms.datakernel.v1 import replication_service_pb2 as pb
from oms.datakernel.v1.branch_service_pb2_grpc import BranchServiceStub
from oms.datakernel.v1.commit_service_pb2_grpc import CommitServiceStub
from oms.datakernel.v1.replication_service_pb2_grpc import ReplicationServiceStub

from oms_cli.session import Session


@dataclass(frozen=True, slots=True)
class Copied:
    """How a copy went; `faults` is empty when it verified and every head arrived."""

    commit_count: int
    heads: Mapping[str, str]
    faults: Sequence[str]


class Copy:
    """One copy.

    Args:
        source, target: Sessions with the two kernels.
        database: Its id at the source.
        name: Its id at the target.
    """

    def __init__(self, source: Session, target: Session, database: str, name: str) -> None:
        self._source = source
        self._target = target
        self._from = f"databases/{database}"
        self._to = f"databases/{name}"

    def run(self) -> Copied:
        """Sends what the target lacks, then has it verified there."""
        there = self._heads_there()
        # Asked for here: the requests are read on a thread of gRPC, which has no session.
        request = pb.ExportHistoryRequest(parent=self._from, have=sorted((there or {}).values()))
        stub = ReplicationServiceStub(self._source.channel)
        parts = self._source.download(stub.ExportHistory, request)
        answer = self._target.upload(
            ReplicationServiceStub(self._target.channel).ImportHistory,
            self._requests(parts, is_new=there is None),
        )
        return self._verified(answer.commit_count)

    def _requests(
        self, responses: Iterator[pb.ExportHistoryResponse], *, is_new: bool
    ) -> Iterator[pb.ImportHistoryRequest]:
        is_first = True
        for response in responses:
            message = pb.ImportHistoryRequest(part=response.part)
            if is_first:
                message.parent = self._to
                message.create = is_new
                is_first = False
            yield message

    def _heads_there(self) -> Mapping[str, str] | None:
        """Branches at the target; None where the database is not there yet."""
        try:
            return self._heads(self._target, self._to)
        except grpc.RpcError as exc:
            call: Any = exc
            if call.code() != grpc.StatusCode.NOT_FOUND:
                raise
            return None

    def _heads(self, session: Session, database: str) -> Mapping[str, str]:
        stub = BranchServiceStub(session.channel)
        request = branch_pb.ListBranchesRequest(parent=database, page_size=1000)
        return {
            branch.name.rpartition("/")[2]: branch.head_commit
            for page in session.pages(stub.ListBranches, request)
            for branch in page.branches
        }

    def _verified(self, commit_count: int) -> Copied:
        request = commit_pb.VerifyHistoryRequest(name=self._to)
        stub = CommitServiceStub(self._target.channel)
        answer = self._target.unary(stub.VerifyHistory, request)
        faults = [
            f"{each.commit_id} {each.document_id} {each.message}".strip() for each in answer.faults
        ]
        return Copied(commit_count, self._heads(self._target, self._to), faults)
