"""The store asks the server exactly what was recorded, and understands what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from oms_core.clock import SystemClock
from oms_core.errors import Code, OmsError
from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.store import TerminusStore

from datakernel_tests.terminusdb.driver import NotAsked, drive
from datakernel_tests.terminusdb.fake_server import Received, Reply, serving
from datakernel_tests.terminusdb.vectors import DATABASE, Case, cases, dumps, folder, loads

pytestmark = pytest.mark.skipif(
    not folder().is_dir(), reason=f"no recorded exchanges in {folder()}"
)

# What the store does besides, to fill in its own answer.
_CREATED = {"creation_date": 1.5, "label": "L", "comment": "c", "branches": ["main"]}
_CONTEXT = {"@type": "Context", "@base": "terminusdb:///data/", "@schema": "terminusdb:///schema#"}


class Recorded:
    """Answers one recorded request as it was recorded, and follow-up reads plausibly."""

    def __init__(self, step: Mapping[str, Any]) -> None:
        self.step = step
        self.matches = 0
        self.others: list[Received] = []

    async def answer(self, request: Received) -> Reply:
        if self.matches == 0 and self._is_asked(request):
            self.matches += 1
            return self._recorded(request)
        self.others.append(request)
        return self._follow_up(request)

    def _is_asked(self, request: Received) -> bool:
        step = self.step
        path = str(step["path"]).rstrip("/")
        if (request.method, request.path) != (step["method"], path):
            return False
        return (
            _params(step, request) == dict(request.params)
            and _wanted_body(step) == _sent_body(step, request)
            and self._headers_agree(request)
        )

    def _headers_agree(self, request: Received) -> bool:
        wanted = {name.lower(): value for name, value in (self.step.get("headers") or {}).items()}
        names = ("terminusdb-data-version", "x-http-method-override")
        return all(wanted.get(name) == request.headers.get(name) for name in names)

    def _recorded(self, request: Received) -> Reply:
        step = self.step
        headers = {}
        if "data_version" in step:
            headers["TerminusDB-Data-Version"] = step["data_version"]
        if "response_text" in step:
            body = step["response_text"]
        elif "response_stream" in step:
            body = "\n".join(dumps(item) for item in step["response_stream"])
        elif "response" not in step:
            body = ""
        elif _lists(step) and isinstance(step["response"], list):
            body = "\n".join(dumps(item) for item in step["response"])
        else:
            body = dumps(step["response"])
        return Reply(step["status"], body.encode(), headers)

    def _follow_up(self, request: Received) -> Reply:
        version = self.step.get("data_version", "branch:" + "9".rjust(31, "c"))
        if request.method == "HEAD":
            return Reply(headers={"TerminusDB-Data-Version": version})
        if request.method == "GET" and request.path.startswith("/log/"):
            commit = request.path.rpartition("/commit/")[2] if "/commit/" in request.path else ""
            entry = {"identifier": commit or version[7:], "timestamp": 1.5, "author": "a"}
            return Reply(body=dumps([entry | {"message": "m", "parent": "X/" + "p" * 31}]).encode())
        if request.method == "GET" and request.path == f"/db/admin/{DATABASE}":
            return Reply(body=dumps(_CREATED).encode())
        if request.method == "GET" and request.path == f"/prefixes/admin/{DATABASE}":
            return Reply(body=dumps(_CONTEXT).encode())
        return Reply(418, b"{}")


def _lists(step: Mapping[str, Any]) -> bool:
    is_override = bool((step.get("headers") or {}).get("X-HTTP-Method-Override"))
    return step["path"].startswith("/document/") and (step["method"] == "GET" or is_override)


def _params(step: Mapping[str, Any], request: Received) -> dict[str, str]:
    wanted = {name: str(value) for name, value in (step.get("params") or {}).items()}
    wanted.pop("as_list", None)  # the store always reads documents one after another
    if wanted.get("unfold") == "true":  # the default, which it does not send
        del wanted["unfold"]
    if step["op"] == "log":  # it asks for one more, to know whether there is another page
        wanted["count"] = str(int(wanted.get("count", "99")) + 1)
    if step["path"].startswith("/db/") and step["method"] == "GET":
        wanted = {"branches": "true", "verbose": "true"}
    return wanted


def _wanted_body(step: Mapping[str, Any]) -> Any:
    if "raw_body" in step:
        return step["raw_body"]
    body = step.get("body")
    if not isinstance(body, dict):
        return body
    wanted = dict(body)
    if _lists(step):
        wanted.pop("as_list", None)
    if wanted.get("streaming") is False:
        del wanted["streaming"]
    if step["path"].startswith("/db/"):
        wanted = ({"comment": "", "schema": True} if step["method"] == "POST" else {}) | wanted
    return wanted


def _sent_body(step: Mapping[str, Any], request: Received) -> Any:
    if not request.body:
        return None
    if "raw_body" in step:
        return request.body.decode()
    sent = loads(request.body)
    if step["op"] == "woql" and isinstance(sent, dict) and "commit_info" not in sent:
        # A query that only reads says nobody's name.
        return (
            sent | {"commit_info": step["body"]["commit_info"]}
            if "commit_info" in step["body"]
            else sent
        )
    return sent


def _has_failed(step: Mapping[str, Any]) -> bool:
    return step["status"] >= 400 or str(step.get("response_text", "")).startswith("Status: ")


def _check_error(step: Mapping[str, Any], error: OmsError) -> None:
    response = step.get("response")
    recorded = response.get("api:error", {}).get("@type") if isinstance(response, dict) else None
    assert error.metadata.get("api_error") == recorded or "response_text" in step
    if step["status"] == 404 or "response_text" in step:
        assert error.code is Code.NOT_FOUND
    if step["status"] == 409:
        assert error.code is Code.ABORTED
    if step["status"] < 500:
        assert error.code not in (Code.INTERNAL, Code.UNAVAILABLE, Code.DATA_LOSS)


def _check_answer(step: Mapping[str, Any], answer: Any) -> None:
    if answer is None:
        return
    wanted = step.get("response_stream", step.get("response"))
    if isinstance(answer, dict) and isinstance(wanted, dict) and "bindings" in answer:
        wanted = {name: wanted[name] for name in answer}
    assert answer == wanted


async def _run(step: Mapping[str, Any]) -> None:
    server = Recorded(step)
    async with serving(server.answer) as endpoint:
        store = TerminusStore(ServerAccess(endpoint, read_attempts=1), SystemClock())
        try:
            if _has_failed(step):
                with pytest.raises(OmsError) as raised:
                    await drive(store, step)
                assert server.matches == 1, server.others
                _check_error(step, raised.value)
            else:
                answer = await drive(store, step)
                assert server.matches == 1, server.others
                _check_answer(step, answer)
        finally:
            await store.close()
    unexpected = [r for r in server.others if r.method not in ("GET", "HEAD")]
    assert not unexpected


@pytest.mark.parametrize("case", list(cases()) if folder().is_dir() else [], ids=lambda c: c.name)
async def test_store_asks_and_understands_as_recorded(case: Case) -> None:
    for step in case.steps:
        # What the store never sends, such as users or GraphQL, is left out, with the reason there.
        with suppress(NotAsked):
            await _run(step)
