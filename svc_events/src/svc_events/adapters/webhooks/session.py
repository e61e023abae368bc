"""Which replica follows which stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from oms_postgres import AdvisoryLocks

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_TIMEOUT_S: Final = 5.0


def locks_of(session: Connection) -> AdvisoryLocks:
    """The locks of a session. What they guard is written on it: who lost them can't write."""
    return AdvisoryLocks(session, "oms webhooks", timeout_s=_TIMEOUT_S)
