"""The kernel store on PostgreSQL."""

from __future__ import annotations

from oms_core.clock import Clock

from svc_datakernel.adapters.postgresql.catalogue import Catalogue, PoolSizes
from svc_datakernel.adapters.postgresql.connections import Server
from svc_datakernel.adapters.sql.store import SqlKernelStore


class PostgresKernelStore(SqlKernelStore):
    """A `KernelStore` on a PostgreSQL server, which other kernels may use at the same time."""

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        pool_size: int = 20,
        most_open: int = 32,
        statement_timeout_s: float = 300,
        is_restoring: bool = False,
    ) -> None:
        """Connects to nothing yet.

        Args:
            url: As `postgresql://user:password@host:port/database`.
            pool_size: Most connections at once; one more listens.
            most_open: Most databases to keep in memory while nobody uses them.
            statement_timeout_s: How long one statement may take, in seconds.
            is_restoring: Whether half of a backup is used, too, by who restores it.
        """
        server = Server(url, statement_timeout_s)
        sizes = PoolSizes.of(pool_size)
        super().__init__(
            Catalogue(server, sizes, most_open=most_open, is_restoring=is_restoring), clock
        )
