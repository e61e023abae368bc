"""Stores on a server that answers from a script."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from oms_core.clock import SystemClock
from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.names import commit_id
from svc_datakernel.adapters.terminusdb.store import TerminusStore

from datakernel_tests.terminusdb.fake_server import Received, Reply, serving

PASSWORD = "hush-hush-9471"
FIRST, SECOND, THIRD = ("f" * 31, "s" * 31, "t" * 31)


def told(body: Any, status: int = 200, version: str = "") -> Reply:
    """A reply in JSON, with a data version when one is given."""
    headers = {"TerminusDB-Data-Version": f"branch:{version}"} if version else {}
    return Reply(status, json.dumps(body).encode(), headers)


def refused(status: int, type_: str, **members: Any) -> Reply:
    """A refusal in TerminusDB's form."""
    error = {"@type": type_} | {f"api:{name}": value for name, value in members.items()}
    return told({"@type": "api:ErrorResponse", "api:error": error, "api:message": "no"}, status)


def logged(commit: str, *, parent: str = "", time_s: float = 1.5, **members: Any) -> dict[str, Any]:
    """An entry of the log."""
    entry = {"identifier": commit, "timestamp": time_s, "author": "ann", "message": "m"} | members
    return entry | ({"parent": f"ValidCommit/{parent}"} if parent else {})


class Script:
    """Answers each request by the first rule for its method and the beginning of its path."""

    def __init__(self, rules: Mapping[tuple[str, str], Any]) -> None:
        self.rules = dict(rules)
        self.received: list[Received] = []

    async def __call__(self, request: Received) -> Reply | None:
        self.received.append(request)
        for (method, start), reply in self.rules.items():
            if request.method == method and request.path.startswith(start):
                return await self._reply(reply, request)
        return Reply(404, b'{"api:message": "no rule"}')

    def asked(self) -> list[tuple[str, str]]:
        """Method and path of what came in, in order."""
        return [(request.method, request.path) for request in self.received]

    async def _reply(self, reply: Any, request: Received) -> Reply | None:
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if isinstance(reply, Callable):
            reply = reply(request)
        if hasattr(reply, "__await__"):
            reply = await reply
        return reply


@asynccontextmanager
async def scripted(script: Script, **settings: Any) -> AsyncIterator[TerminusStore]:
    """A store on a server that follows a script."""
    async with serving(script) as endpoint:
        access = ServerAccess(endpoint, password=PASSWORD, **settings)
        store = TerminusStore(access, SystemClock())
        try:
            yield store
        finally:
            await store.close()


KERNEL_FIRST, KERNEL_SECOND, KERNEL_THIRD = (commit_id(id_) for id_ in (FIRST, SECOND, THIRD))
