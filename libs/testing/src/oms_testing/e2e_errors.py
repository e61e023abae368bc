"""What a caller sees of an error, the same over gRPC and REST."""

from __future__ import annotations

from typing import Any

import grpc
import grpc.aio
import httpx
from google.protobuf import json_format
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status


class ApiError(Exception):
    """A call that failed.

    `code` is the canonical name such as `NOT_FOUND`; empty when an HTTP answer carries no
    `google.rpc.Status`. `reason` and `metadata` are those of the `ErrorInfo`, `fields` the
    paths in the `BadRequest`, `subjects` those of the `PreconditionFailure`.
    `http_status` is 0 over gRPC. `text` is the whole answer, to search for leaks.
    """

    def __init__(self, status: status_pb2.Status | None, *, http_status: int, text: str) -> None:
        self.code = code_pb2.Code.Name(status.code) if status else ""  # pyright: ignore[reportArgumentType] - an int on the wire
        self.message = status.message if status else text
        self.http_status = http_status
        self.text = text
        self.reason = ""
        self.domain = ""
        self.metadata: dict[str, str] = {}
        self.fields: list[str] = []
        self.subjects: list[str] = []
        self.has_retry_info = False
        for detail in status.details if status else ():
            self._read(detail)
        super().__init__(f"{http_status or 'gRPC'} {self.code} {self.reason}: {self.message}")

    def _read(self, detail: Any) -> None:
        info = error_details_pb2.ErrorInfo()
        bad_request = error_details_pb2.BadRequest()
        precondition = error_details_pb2.PreconditionFailure()
        if detail.Unpack(info):
            self.reason, self.domain = info.reason, info.domain
            self.metadata = dict(info.metadata)
        elif detail.Unpack(bad_request):
            self.fields = [violation.field for violation in bad_request.field_violations]
        elif detail.Unpack(precondition):
            self.subjects = [violation.subject for violation in precondition.violations]
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            self.has_retry_info = True


def from_rpc(error: grpc.aio.AioRpcError) -> ApiError:
    """The error of a call over gRPC."""
    call: Any = error  # has the three methods that are asked of a call
    status: Any = rpc_status.from_call(call)
    if status is None:
        status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    trailers = error.trailing_metadata() or ()
    return ApiError(status, http_status=0, text=f"{error.details()} {trailers!r}")


def from_http(response: httpx.Response) -> ApiError:
    """The error of a call over REST. The response has been read."""
    status: status_pb2.Status | None = None
    try:
        status = json_format.Parse(response.text, status_pb2.Status())
    except json_format.ParseError:
        status = None  # an answer of Envoy's own, before it had a method to transcode
    return ApiError(status, http_status=response.status_code, text=response.text)
