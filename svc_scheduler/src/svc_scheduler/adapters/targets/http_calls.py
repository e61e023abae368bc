"""Targets that send an HTTP request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, Never
from urllib.parse import urlsplit

from oms_core.errors import InvalidField, OmsError
from oms_core.tracing import TRACEPARENT, span, traceparent
from oms_outbound import (
    OutboundClient,
    OutboundPolicy,
    OutboundRequest,
    OutboundResponse,
    OutboundSettings,
)
from oms_outbound.backoff import parse_retry_after
from oms_outbound.headers import check_headers

from svc_scheduler.adapters.targets.lending import LONGEST_CALL_S, failed
from svc_scheduler.domain.targets.attempts import Attempt, AttemptFailed
from svc_scheduler.domain.targets.model import ABSENT, HttpCall, Json

MAX_BODY_BYTES: Final = 64 * 1024
"""How much of an answer's body is read."""
IDEMPOTENCY_KEY: Final = "idempotency-key"
FENCING_TOKEN: Final = "oms-fencing-token"  # noqa: S105 - a header's name
_OWN: Final = frozenset({IDEMPOTENCY_KEY, FENCING_TOKEN})
_SHOWN_HEADERS: Final = ("content-type", "location", "retry-after")
_MAX_SHOWN: Final = 1000
# Statuses of 4xx after which the same request may succeed.
_REPEATED: Final = frozenset({408, 425, 429})
_CODES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    425: "UNAVAILABLE",
    429: "RESOURCE_EXHAUSTED",
    504: "DEADLINE_EXCEEDED",
}


def scheduler_policy(outbound: OutboundSettings) -> OutboundPolicy:
    """What jobs may reach and take. How long a call may take says the job."""
    return replace(
        outbound.policy(allow_credentials=True),
        total_timeout_s=LONGEST_CALL_S,
        max_response_bytes=MAX_BODY_BYTES,
    )


class HttpCalls:
    """Sends requests. Values of headers and bodies of requests are in no error."""

    def __init__(self, client: OutboundClient) -> None:
        self._client = client

    def check(self, target: HttpCall, field: str) -> frozenset[str]:
        """See `TargetRunner.check`. It lends nothing, so it needs nothing."""
        where = f"{field}.http"
        self._client.check_url(target.url, field=f"{where}.url")
        check_headers(target.headers, self._client.policy, field=f"{where}.headers")
        for name in target.headers:
            if name.lower() in _OWN:
                raise InvalidField.of(f"{where}.headers[{name.lower()}]", "is set by the scheduler")
        size, most = len(_body(target, f"{where}.body")), self._client.policy.max_request_bytes
        if size > most:
            raise InvalidField.of(f"{where}.body", f"has {size} bytes; {most} are the most")
        return frozenset()

    async def run(self, target: HttpCall, attempt: Attempt) -> Json:
        """See `TargetRunner.run`.

        Returns:
            An object of `status`, `headers` (the few that say what the body is) and `body`: JSON
            when it is that, else text; with `truncated` when it went on.
        """
        host = urlsplit(target.url).hostname or ""
        with span(target.method, http_request_method=target.method, server_address=host):
            return await self._send(target, attempt)

    async def _send(self, target: HttpCall, attempt: Attempt) -> Json:
        body = _body(target, "http.body")
        request = OutboundRequest(
            url=target.url,
            method=target.method,
            headers=_headers(target, attempt, has_body=bool(body)),
            body=body,
            timeout_s=LONGEST_CALL_S,
        )
        try:
            response = await self._client.send(request)
        except OmsError as exc:  # an OutboundError is one, and so is a refused URL
            raise failed(exc) from exc
        if not 200 <= response.status < 300:
            _refuse(response)
        return _result(response)


def _headers(target: HttpCall, attempt: Attempt, *, has_body: bool) -> list[tuple[str, str]]:
    headers = [(name.lower(), value) for name, value in target.headers.items()]
    if has_body and all(name != "content-type" for name, _ in headers):
        headers.append(("content-type", "application/json"))
    headers.append((IDEMPOTENCY_KEY, attempt.idempotency_key))
    headers.append((FENCING_TOKEN, str(attempt.fencing_token)))
    parent = traceparent()
    if parent and all(name != TRACEPARENT for name, _ in headers):
        headers.append((TRACEPARENT, parent))
    return headers


def _body(target: HttpCall, field: str) -> bytes:
    if target.body is ABSENT:
        return b""
    try:
        text = json.dumps(target.body, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (ValueError, RecursionError):
        raise InvalidField.of(field, "can't be written as JSON") from None


def _refuse(response: OutboundResponse) -> Never:
    """Raises what a status that is no success means."""
    status = response.status
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    hint = "; redirects are not followed" if 300 <= status < 400 else ""
    code = _CODES.get(status, "UNAVAILABLE" if status >= 500 else "FAILED_PRECONDITION")
    raise AttemptFailed(
        code,
        f"the endpoint answered {status}{phrase}{hint}",
        is_final=status < 500 and status not in _REPEATED,
        asked_s=parse_retry_after(response.header("retry-after"), datetime.now(UTC)),
    )


def _result(response: OutboundResponse) -> Mapping[str, Json]:
    headers = {
        name: value[:_MAX_SHOWN]
        for name in _SHOWN_HEADERS
        if (value := response.header(name)) is not None
    }
    result: dict[str, Json] = {"status": response.status, "headers": headers}
    if response.body:
        result["body"] = _content(response)
    if response.is_truncated:
        result["truncated"] = True
    return result


def _content(response: OutboundResponse) -> Json:
    kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    if is_json and not response.is_truncated:
        try:
            return json.loads(response.body)
        except (ValueError, RecursionError):
            pass  # Whatever it is instead, it is shown as text.
    return response.body.decode(errors="replace")
