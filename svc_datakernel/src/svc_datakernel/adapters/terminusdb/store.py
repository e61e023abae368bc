"""The kernel's graph databases on a TerminusDB server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from oms_core.clock import Clock

from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.capabilities import BACKEND, MISSING
from svc_datakernel.adapters.terminusdb.differences import TerminusDifferences
from svc_datakernel.adapters.terminusdb.documents import TerminusDocuments
from svc_datakernel.adapters.terminusdb.log import TerminusLog
from svc_datakernel.adapters.terminusdb.queries import TerminusQueries
from svc_datakernel.adapters.terminusdb.refusals import TerminusRefusals
from svc_datakernel.adapters.terminusdb.schemas import TerminusSchemas
from svc_datakernel.adapters.terminusdb.server import Server
from svc_datakernel.adapters.terminusdb.transport import Request
from svc_datakernel.domain.capabilities import Capabilities


class TerminusStore(
    TerminusDifferences,
    TerminusDocuments,
    TerminusSchemas,
    TerminusQueries,
    TerminusLog,
    TerminusRefusals,
):
    """Asks a server, which has the model itself. What it can't do is in `capabilities.MISSING`.

    Commit ids are the server's, in another spelling (`names.py`). Nothing is cached: several
    kernels may use one server.
    """

    def __init__(self, access: ServerAccess, clock: Clock) -> None:
        super().__init__(Server(access, clock))

    async def capabilities(self) -> Capabilities:
        """What the server is, and what it can't do."""
        answer = await self._server.ask_json(Request("GET", ("info",), is_read=True))
        return Capabilities(BACKEND, _version(answer), MISSING)

    async def check(self) -> None:
        """Raises `ServiceUnavailable` when the server can't be used right now."""
        await self._server.ask_json(Request("GET", ("info",), is_read=True))

    async def close(self) -> None:
        """Closes every connection. The store can't be used again."""
        await self._server.aclose()


def _version(answer: Any) -> str:
    """The server's version in `{"api:info": {"terminusdb": {"version": …}}}`; empty if not told."""
    for name in ("api:info", "terminusdb", "version"):
        answer = cast("Mapping[str, Any]", answer).get(name) if isinstance(answer, dict) else None
    return answer if isinstance(answer, str) else ""
