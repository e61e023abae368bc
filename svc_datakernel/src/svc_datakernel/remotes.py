"""Other OMS kernels, called over gRPC: those that the settings allow, and no others."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import grpc
from oms.datakernel.v1 import branch_service_pb2 as branch_pb
from oms.datakernel.v1 import branch_service_pb2_grpc as branch_grpc
from oms.datakernel.v1 import replication_service_pb2 as pb
from oms.datakernel.v1 import replication_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField, PermissionDenied
from oms_rpc.errors import from_rpc_error

from svc_datakernel.bundle_convert import from_part, to_part
from svc_datakernel.domain.replication import HistoryPart, Imported

_SECURE: Final = "https://"
_HOST_AND_PORT: Final = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:]+\](:[0-9]{1,5})?")
_MESSAGE_BYTES: Final = 64 * 1024 * 1024
_CALL_TIMEOUT_S: Final = 30.0
_PAGE: Final = 1000
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", _MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MESSAGE_BYTES),
)

_Metadata: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Where a kernel is and which database there. The authorization is kept out of every text."""

    address: str
    database: str
    authorization: str = ""

    def __repr__(self) -> str:
        return f"RemoteAddress({self.address!r}, {self.database!r})"


class Remotes:
    """Opens other kernels, each for as long as a call takes."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """Opens nothing.

        Args:
            allowed: Addresses as callers may write them: `host:port`, or `https://host:port`.
        """
        self._allowed = frozenset(allowed)

    @asynccontextmanager
    async def open(self, remote: RemoteAddress) -> AsyncGenerator[RemoteKernel]:
        """Opens a kernel.

        Raises:
            PermissionDenied: the settings don't allow the address.
            InvalidField: it is no address.
        """
        address = remote.address.rstrip("/")
        if address not in self._allowed:
            raise PermissionDenied(
                f"this kernel may not call {address!r}; its operator allows remotes by "
                "OMS_KERNEL_REMOTES",
                metadata={"remote": address},
            )
        async with _channel(address) as channel:
            yield RemoteKernel(channel, remote)


class RemoteKernel:
    """A database of another kernel. What that answers as an error is raised as one of OMS."""

    def __init__(self, channel: grpc.aio.Channel, remote: RemoteAddress) -> None:
        """Borrows the channel."""
        self._replication: Any = pb_grpc.ReplicationServiceStub(channel)
        self._branches: Any = branch_grpc.BranchServiceStub(channel)
        self._name = f"databases/{remote.database}"
        self._database = remote.database
        self._metadata: _Metadata = (
            (("authorization", remote.authorization),) if remote.authorization else ()
        )

    async def heads(self) -> Mapping[str, str]:
        """Branches with their heads."""
        found: dict[str, str] = {}
        token = ""
        with _errors():
            while True:
                request = branch_pb.ListBranchesRequest(
                    parent=self._name, page_size=_PAGE, page_token=token
                )
                answer = await self._branches.ListBranches(
                    request, metadata=self._metadata, timeout=_CALL_TIMEOUT_S
                )
                found |= {
                    each.name.rpartition("/")[2]: each.head_commit for each in answer.branches
                }
                token = answer.next_page_token
                if not token:
                    return found

    async def export_history(
        self, *, branches: Sequence[str], have: Sequence[str]
    ) -> AsyncGenerator[HistoryPart]:
        """Streams what the kernel has and `have` does not reach."""
        request = pb.ExportHistoryRequest(parent=self._name, branches=branches, have=have)
        call = self._replication.ExportHistory(request, metadata=self._metadata)
        try:
            with _errors():
                async for answer in call:
                    yield to_part(answer.part)
        finally:
            call.cancel()

    async def import_history(self, parts: AsyncIterator[HistoryPart]) -> Imported:
        """Sends a bundle, whose branches the kernel then moves forward."""

        async def requests() -> AsyncGenerator[pb.ImportHistoryRequest]:
            async for part in parts:
                yield pb.ImportHistoryRequest(
                    parent=self._name, part=from_part(self._database, part)
                )

        with _errors():
            answer = await self._replication.ImportHistory(requests(), metadata=self._metadata)
        return Imported(answer.commit_count, dict(answer.moved_branches))


@contextmanager
def _errors() -> Generator[None]:
    try:
        yield
    except grpc.aio.AioRpcError as exc:
        raise from_rpc_error(exc) from exc


@asynccontextmanager
async def _channel(address: str) -> AsyncGenerator[grpc.aio.Channel]:
    where = address.removeprefix(_SECURE)
    if not _HOST_AND_PORT.fullmatch(where):
        raise InvalidField.of("remote.address", f"{address!r} is no host and port")
    if address.startswith(_SECURE):
        credentials = grpc.ssl_channel_credentials()
        channel = grpc.aio.secure_channel(where, credentials, _OPTIONS)
    else:
        channel = grpc.aio.insecure_channel(where, _OPTIONS)
    async with channel:
        yield channel
