"""Keeps commits that arrive, and are not reached yet, from being removed meanwhile.

An import holds a lease while it runs: a row `importing:<name>` in `meta` with the line and
sequence of its last commit, and when it ends unless it is renewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from svc_datakernel.adapters.sql.reachability import End
from svc_datakernel.adapters.sql.tables import meta

IMPORTING: Final = "importing:"
LEASE_US: Final = 10 * 60 * 1_000_000


def renew(conn: Connection, name: str, ends: Sequence[End], *, now_us: int) -> None:
    """Keeps everything up to some commits for the next ten minutes."""
    release(conn, name)
    places = ",".join(f"{end.line}/{end.sequence}" for end in ends)
    value = f"{now_us + LEASE_US} {places}"
    conn.execute(insert(meta).values(name=f"{IMPORTING}{name}", value=value))


def release(conn: Connection, name: str) -> None:
    """Gives a lease up."""
    conn.execute(delete(meta).where(meta.c.name == f"{IMPORTING}{name}"))


def held(conn: Connection, name: str) -> list[End]:
    """The commits that one lease keeps, whether or not it has ended."""
    statement = select(meta.c.value).where(meta.c.name == f"{IMPORTING}{name}")
    value = conn.execute(statement).scalar_one_or_none()
    return [] if value is None else _ends(value)


def leased(conn: Connection, *, now_us: int) -> list[End]:
    """The commits that leases keep."""
    found: list[End] = []
    rows = conn.execute(select(meta.c.value).where(meta.c.name.startswith(IMPORTING)))
    for value in rows.scalars():
        if int(value.partition(" ")[0]) >= now_us:
            found += _ends(value)
    return found


def is_any(conn: Connection, *, now_us: int) -> bool:
    """Whether an import is under way."""
    rows = conn.execute(select(meta.c.value).where(meta.c.name.startswith(IMPORTING)))
    return any(int(value.partition(" ")[0]) >= now_us for value in rows.scalars())


def remove_expired(conn: Connection, *, now_us: int) -> None:
    """Forgets leases that ended."""
    rows = conn.execute(select(meta).where(meta.c.name.startswith(IMPORTING))).all()
    for name, value in rows:
        if int(value.partition(" ")[0]) < now_us:
            conn.execute(delete(meta).where(meta.c.name == name))


def _ends(value: str) -> list[End]:
    places = value.partition(" ")[2]
    pairs = (place.split("/") for place in places.split(",") if place)
    return [End(int(line), int(sequence)) for line, sequence in pairs]
