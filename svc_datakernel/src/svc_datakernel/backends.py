"""Chooses the backend that the settings name."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from oms_core.clock import Clock

from svc_datakernel.adapters.routed_graphs import RoutedGraphStore
from svc_datakernel.adapters.routed_store import RoutedKernelStore
from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.domain.capabilities import Capabilities
from svc_datakernel.domain.graph.embedded import EmbeddedGraphStore
from svc_datakernel.domain.graph.store import GraphStore
from svc_datakernel.domain.store import KernelStore
from svc_datakernel.domain.traces import CommitTraces
from svc_datakernel.settings import KernelSettings


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend, as the servicers use it.

    Args:
        kernel: The versioned store. Closing it closes the backend.
        graphs: Its graph databases.
        capabilities: Tells what the backend is and what it can't do.
        traces: In which traces commits were made.
    """

    kernel: KernelStore
    graphs: GraphStore
    capabilities: Callable[[], Awaitable[Capabilities]]
    traces: CommitTraces


def open_backend(settings: KernelSettings, clock: Clock) -> Backend:
    """The backend of the settings. Whoever opens it closes it.

    Must be called on the event loop that it is used from.
    """
    store = open_store(settings, clock)
    graphs = EmbeddedGraphStore(store.snapshots, store)
    if not settings.terminusdb_endpoint:
        return Backend(store, graphs, _sql_capabilities(settings), store.traces)
    from svc_datakernel.adapters.terminusdb.opening import open_terminus

    server = open_terminus(settings, clock)
    kernel = RoutedKernelStore(store, server)
    return Backend(kernel, RoutedGraphStore(graphs, server), server.capabilities, store.traces)


def open_store(
    settings: KernelSettings, clock: Clock, *, is_restoring: bool = False
) -> SqlKernelStore:
    """A store on the SQL backend of `OMS_KERNEL_URL`. Whoever opens it closes it.

    Must be called on the event loop that the store is used from. `is_restoring` lets half of a
    backup be used, by who restores it.
    """
    # Only the one that is used: PostgreSQL's takes a fourteenth of the monolith's start.
    if settings.postgresql_url:
        from svc_datakernel.adapters.postgresql.store import PostgresKernelStore

        return PostgresKernelStore(
            settings.postgresql_url,
            clock,
            pool_size=settings.postgresql_pool_size,
            most_open=settings.open_databases,
            statement_timeout_s=settings.postgresql_statement_timeout_s,
            is_restoring=is_restoring,
        )
    from svc_datakernel.adapters.sqlite.store import SqliteKernelStore

    return SqliteKernelStore(
        settings.folder, clock, readers=settings.readers, most_open=settings.open_databases
    )


def _sql_capabilities(settings: KernelSettings) -> Callable[[], Awaitable[Capabilities]]:
    async def tell() -> Capabilities:
        if settings.postgresql_url:
            # Any server of its protocol family; what it calls itself is asked nowhere else.
            return Capabilities("postgresql", "")
        return Capabilities("sqlite", sqlite3.sqlite_version)

    return tell
