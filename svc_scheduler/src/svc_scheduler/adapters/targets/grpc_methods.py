"""Targets that call a method of the suite."""

from __future__ import annotations

import asyncio
from typing import Final

import grpc
from google.protobuf.message import DecodeError

from svc_scheduler.adapters.targets.lending import (
    LONGEST_CALL_S,
    OpenChannel,
    failed_call,
    metadata_of,
)
from svc_scheduler.adapters.targets.messages import as_json, parse_request
from svc_scheduler.adapters.targets.methods import CallableMethod, Methods
from svc_scheduler.domain.targets.attempts import Attempt, AttemptFailed
from svc_scheduler.domain.targets.model import GrpcCall, Json

# Stands for the id of a run while there is none.
_SOME_RUN: Final = "run"
# To turn more than that into JSON takes long enough to be noticed by others on the event loop.
_QUICK_BYTES: Final = 64 * 1024


class GrpcMethods:
    """Calls methods that take one request and answer once."""

    def __init__(self, channel: OpenChannel, methods: Methods) -> None:
        self._channel = channel
        self._methods = methods

    def check(self, target: GrpcCall, field: str) -> frozenset[str]:
        """See `TargetRunner.check`."""
        method = self._methods.find(target.method, f"{field}.grpc.method")
        parse_request(
            method.request_type,
            target.request,
            request_id=_SOME_RUN,
            field=f"{field}.grpc.request",
        )
        return frozenset({method.permission})

    async def run(self, target: GrpcCall, attempt: Attempt) -> Json:
        """See `TargetRunner.run`. The answer is in the JSON form of Protocol Buffers."""
        method = self._methods.find(target.method, "grpc.method")
        request = parse_request(
            method.request_type,
            target.request,
            request_id=attempt.idempotency_key,
            field="grpc.request",
        )
        call = self._channel(method.service).unary_unary(
            method.path, request_serializer=method.request_type.SerializeToString
        )
        try:
            raw: bytes = await call(request, metadata=metadata_of(attempt), timeout=LONGEST_CALL_S)
        except grpc.aio.AioRpcError as exc:
            raise failed_call(exc) from exc
        if len(raw) <= _QUICK_BYTES:
            return _answer(method, raw)
        return await asyncio.to_thread(_answer, method, raw)


def _answer(method: CallableMethod, raw: bytes) -> Json:
    try:
        return as_json(method.response_type.FromString(raw))
    except (DecodeError, ValueError) as exc:
        raise AttemptFailed("INTERNAL", f"the answer of {method.path} can't be read") from exc
