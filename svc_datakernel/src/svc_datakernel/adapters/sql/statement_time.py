"""How long statements of a transaction may take."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

_USUAL: Final = "SET LOCAL statement_timeout TO DEFAULT"
# Never longer than the server's own limit, where it has one.
_SHORTER: Final = """
SELECT set_config('statement_timeout', %s, true) FROM pg_settings
WHERE name = 'statement_timeout' AND (setting::bigint = 0 OR setting::bigint > %s)
"""


def limit(conn: Connection, seconds: float | None) -> None:
    """Limits each later statement of the transaction. SQLite looks at the clock by itself.

    Args:
        seconds: Longest time of one statement; None for the connection's own limit.
    """
    if conn.dialect.name != "postgresql":
        return
    cursor: Any = conn.connection.cursor()
    try:
        if seconds is None:
            cursor.execute(_USUAL)
        else:
            # 0 would mean no limit at all.
            milliseconds = max(int(seconds * 1000), 1)
            cursor.execute(_SHORTER, (str(milliseconds), milliseconds))
    finally:
        cursor.close()
