"""The servicer context of a local call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import grpc

from oms_rpc.local.core import Final, LocalRpc
from oms_rpc.local.metadata import Items, normalise
from oms_rpc.local.pipe import PipeClosed


class LocalContext(grpc.aio.ServicerContext[Any, Any]):
    """Offers handlers what grpcio's own context offers them."""

    def __init__(self, rpc: LocalRpc) -> None:
        self._rpc = rpc
        self._code: grpc.StatusCode | None = None
        self._details = ""
        self._trailing: Items = ()
        self._is_aborted = False

    def final(self) -> Final:
        """How a call ends whose handler returned."""
        return Final(self._code or grpc.StatusCode.OK, self._details, self._trailing)

    def invocation_metadata(self) -> Any:
        return self._rpc.metadata

    async def send_initial_metadata(self, initial_metadata: Iterable[tuple[str, Any]]) -> None:
        if self._rpc.initial is not None:
            raise grpc.aio.UsageError("Send initial metadata failed: already sent")
        self._rpc.send_initial(normalise(initial_metadata))

    def set_trailing_metadata(self, trailing_metadata: Iterable[tuple[str, Any]]) -> None:
        self._trailing = normalise(trailing_metadata)

    def trailing_metadata(self) -> Any:
        return self._trailing

    async def read(self) -> Any:
        if self._rpc.requests is None:
            raise grpc.aio.UsageError("a call with one request has no stream to read")
        return await self._rpc.requests.get()

    async def write(self, message: bytes) -> None:
        if self._rpc.responses is None:
            raise grpc.aio.UsageError("a call with one response has no stream to write")
        if self._rpc.initial is None:
            self._rpc.send_initial(())
        try:
            await self._rpc.responses.put(message)
        except PipeClosed as exc:
            raise grpc.aio.UsageError("RPC already finished.") from exc

    async def abort(
        self,
        code: grpc.StatusCode,
        details: str = "",
        trailing_metadata: Iterable[tuple[str, Any]] = (),
    ) -> NoReturn:
        if self._is_aborted:
            raise grpc.aio.UsageError("Abort already called!")
        if code == grpc.StatusCode.OK:
            raise ValueError("a call can't be aborted with OK")
        self._is_aborted = True
        self._code, self._details = code, details or self._details
        self._trailing = normalise(trailing_metadata) or self._trailing
        self._rpc.end(self.final())
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: Any) -> NoReturn:
        await self.abort(status.code, status.details, status.trailing_metadata)

    def set_code(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> Any:
        return self._code

    def set_details(self, details: str) -> None:
        self._details = details

    def details(self) -> str:
        return self._details

    def set_compression(self, compression: grpc.Compression) -> None:
        """Has no effect: nothing is sent."""

    def disable_next_message_compression(self) -> None:
        """Has no effect: nothing is sent."""

    def peer(self) -> str:
        return "local:"

    def peer_identities(self) -> None:
        return None

    def peer_identity_key(self) -> None:
        return None

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        return {}

    def time_remaining(self) -> float | None:  # pyright: ignore[reportIncompatibleMethodOverride] - grpcio returns None too
        return self._rpc.time_remaining()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._rpc.add_callback(lambda: callback(self))

    def cancelled(self) -> bool:
        final = self._rpc.final
        return final is not None and final.code == grpc.StatusCode.CANCELLED

    def done(self) -> bool:
        """Whether the call has ended."""
        return self._rpc.final is not None
