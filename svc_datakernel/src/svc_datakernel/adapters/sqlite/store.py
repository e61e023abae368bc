"""The kernel store on SQLite."""

from __future__ import annotations

from pathlib import Path

from oms_core.clock import Clock

from svc_datakernel.adapters.sql.store import SqlKernelStore
from svc_datakernel.adapters.sqlite.folder import Folder


class SqliteKernelStore(SqlKernelStore):
    """A `KernelStore` in a folder of SQLite files."""

    def __init__(self, root: Path, clock: Clock, *, readers: int = 4, most_open: int = 32) -> None:
        """Creates the folder if needed.

        Args:
            root: The folder.
            readers: Most reads at once, over all databases.
            most_open: Most idle databases to keep open.
        """
        super().__init__(Folder(root, readers=readers, most_open=most_open), clock)
