"""The kernel's graph databases on a TerminusDB server."""

from __future__ import annotations

from oms_core.clock import Clock

from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.directory import TerminusDirectory
from svc_datakernel.adapters.terminusdb.documents import TerminusDocuments
from svc_datakernel.adapters.terminusdb.history import TerminusHistory
from svc_datakernel.adapters.terminusdb.queries import TerminusQueries
from svc_datakernel.adapters.terminusdb.schemas import TerminusSchemas
from svc_datakernel.adapters.terminusdb.server import Server
from svc_datakernel.adapters.terminusdb.transport import Request


class TerminusStore(
    TerminusHistory, TerminusDocuments, TerminusSchemas, TerminusQueries, TerminusDirectory
):
    """Asks a server, which has the model itself. What it can't do is in `capabilities.MISSING`.

    Commit ids are the server's, in another spelling (`names.py`). Nothing is cached: several
    kernels may use one server.
    """

    def __init__(self, access: ServerAccess, clock: Clock) -> None:
        super().__init__(Server(access, clock))

    async def check(self) -> None:
        """Raises `ServiceUnavailable` when the server can't be used right now."""
        await self._server.ask_json(Request("GET", ("info",), is_read=True))

    async def close(self) -> None:
        """Closes every connection. The store can't be used again."""
        await self._server.aclose()
