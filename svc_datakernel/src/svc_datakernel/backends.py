"""Chooses the store that the settings name."""

from __future__ import annotations

from oms_core.clock import Clock

from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.settings import KernelSettings


def open_store(settings: KernelSettings, clock: Clock) -> SqlKernelStore:
    """A store on the backend of `OMS_KERNEL_URL`. Whoever opens it closes it.

    Must be called on the event loop that the store is used from.
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
        )
    from svc_datakernel.adapters.sqlite.store import SqliteKernelStore

    return SqliteKernelStore(
        settings.folder, clock, readers=settings.readers, most_open=settings.open_databases
    )
