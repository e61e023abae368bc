"""Gives every call an id that its log lines, its errors and its peers' calls share."""

from __future__ import annotations

import re
from typing import Any

from oms_core.call import enter_call
from oms_core.ids import new_request_id

from oms_rpc.fences import FENCING_TOKEN_KEY
from oms_rpc.method import Method, Run
from oms_rpc.parts import Parts
from oms_rpc.rpc import Rpc

REQUEST_ID_KEY = "x-request-id"
# Set by Envoy on a call that it made out of an HTTP request.
_HTTP_METHOD_KEY = "x-envoy-original-method"

# What a caller may choose: short, and harmless in a log line or a header.
_acceptable = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}").fullmatch


def stage(method: Method, parts: Parts, run_next: Run) -> Run:
    """Accepts a well-formed `x-request-id`, makes one otherwise, and returns it in a trailer."""

    async def run(rpc: Rpc, request: Any) -> Any:
        call, context = rpc.call, rpc.context
        for key, value in rpc.metadata:
            if key == REQUEST_ID_KEY and not call.request_id and _acceptable(value):
                call.request_id = value
            elif key == "authorization":
                # Two tokens are ambiguous: joined they are no token at all.
                rpc.authorization = value if rpc.authorization is None else "ambiguous"
            elif key == _HTTP_METHOD_KEY:
                rpc.http_method = value
            elif key == FENCING_TOKEN_KEY:
                rpc.fencing_token = value
        if not call.request_id:
            call.request_id = new_request_id()
        enter_call(call)
        response = await run_next(rpc, request)
        context.set_trailing_metadata(
            (*context.trailing_metadata(), (REQUEST_ID_KEY, call.request_id))
        )
        return response

    return run
