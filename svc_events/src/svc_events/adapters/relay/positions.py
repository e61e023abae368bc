"""How far the relay got, in PostgreSQL, and where the events of each commit lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from oms_postgres import PostgresSchema

from svc_events.adapters.relay.stream import Written
from svc_events.domain.events import Timestamp
from svc_events.domain.relay.feed import SourceDatabase
from svc_events.domain.relay.place import Place

_RECORD_POSITION = """
    INSERT INTO relay_positions AS known
        (database, kind, display_name, place, is_deleted, stream_sequence, stream_created)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (database) DO UPDATE SET
        kind = EXCLUDED.kind, display_name = EXCLUDED.display_name, place = EXCLUDED.place,
        is_deleted = EXCLUDED.is_deleted, stream_sequence = EXCLUDED.stream_sequence,
        stream_created = EXCLUDED.stream_created, update_time = now()
    WHERE known.stream_sequence <= EXCLUDED.stream_sequence
        OR known.stream_created <> EXCLUDED.stream_created
"""
_RECORD_COMMIT = """
    INSERT INTO relayed_commits AS known
        (database, incarnation, commit_id, commit_sequence, first_sequence, last_sequence)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (database, incarnation, commit_id) DO UPDATE SET
        first_sequence = least(known.first_sequence, EXCLUDED.first_sequence),
        last_sequence = coalesce(EXCLUDED.last_sequence, known.last_sequence)
"""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a database was relayed, as PostgreSQL has it: never further than the stream does.

    Args:
        database: As it was when it was last seen.
        sequence: Position of the event with that place.
        stream_created: Of which stream.
    """

    database: SourceDatabase
    place: Place
    sequence: int
    stream_created: str


class CommitSpan(NamedTuple):
    """Positions of a commit's events in the built-in stream; `last` is None until it is whole."""

    first: int
    last: int | None


class RelayPositions:
    """Every method raises `ServiceUnavailable` when PostgreSQL can't be used."""

    def __init__(self, schema: PostgresSchema) -> None:
        self._schema = schema

    async def load(self, database: str) -> Position | None:
        """The position of a database."""
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT kind, display_name, place, stream_sequence, stream_created "
                "FROM relay_positions WHERE database = %s",
                [database],
            )
            row = await cursor.fetchone()
        if row is None:
            return None
        kind, display_name, text, sequence, created = row
        place = Place.decode(text)
        known = SourceDatabase(database, kind, display_name, Timestamp(place.incarnation))
        return Position(known, place, sequence, created)

    async def names(self) -> set[str]:
        """The databases that were relayed and are not known to be deleted."""
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT database FROM relay_positions WHERE NOT is_deleted"
            )
            return {name for (name,) in await cursor.fetchall()}

    async def record(
        self, database: SourceDatabase, written: Sequence[Written], stream_created: str
    ) -> None:
        """Notes events that are in the stream, in their order; at least one."""
        last = written[-1]
        position = (
            *(database.id, database.kind, database.display_name),
            *(last.place.encode(), last.place.is_deleted, last.sequence, stream_created),
        )
        async with self._schema.connection() as connection, connection.cursor() as cursor:
            await cursor.executemany(_RECORD_COMMIT, _spans(database.id, written))
            await cursor.execute(_RECORD_POSITION, position)

    async def forget(self, database: str) -> None:
        """Drops what is known of a database: the stream it was relayed into is gone."""
        async with self._schema.connection() as connection:
            await connection.execute("DELETE FROM relay_positions WHERE database = %s", [database])
            await connection.execute("DELETE FROM relayed_commits WHERE database = %s", [database])

    async def trim(self, database: str, first_sequence: int) -> None:
        """Drops commits whose events the stream does not have any more."""
        async with self._schema.connection() as connection:
            await connection.execute(
                "DELETE FROM relayed_commits WHERE database = %s AND last_sequence < %s",
                [database, first_sequence],
            )

    async def earlier_commits(self, database: str, incarnation: str) -> Sequence[str]:
        """Ids of relayed commits further and further back, the distance doubling each time."""
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT commit_id FROM (SELECT commit_id, row_number() OVER "
                "(ORDER BY commit_sequence DESC) AS back FROM relayed_commits "
                "WHERE database = %s AND incarnation = %s) AS numbered "
                "WHERE (back & (back - 1)) = 0 ORDER BY back",
                [database, incarnation],
            )
            return [commit for (commit,) in await cursor.fetchall()]

    async def is_relayed(
        self, database: str, incarnation: str, commit: str, commit_sequence: int
    ) -> bool:
        """Whether a commit was relayed whole, or is older than all that is known."""
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT NOT EXISTS (SELECT FROM relayed_commits WHERE database = %(database)s "
                "AND incarnation = %(incarnation)s AND commit_sequence <= %(sequence)s) "
                "OR EXISTS (SELECT FROM relayed_commits WHERE database = %(database)s "
                "AND incarnation = %(incarnation)s AND commit_id = %(commit)s "
                "AND last_sequence IS NOT NULL)",
                {
                    "database": database,
                    "incarnation": incarnation,
                    "commit": commit,
                    "sequence": commit_sequence,
                },
            )
            row: Any = await cursor.fetchone()
        return bool(row[0])

    async def sequence_of_commit(self, commit: str) -> CommitSpan | None:
        """Where the events of a commit lie in the built-in stream; None if it was not relayed.

        A commit that several databases share spans the events of all of them.
        """
        async with self._schema.connection() as connection:
            cursor = await connection.execute(
                "SELECT min(first_sequence), max(last_sequence), "
                "bool_and(last_sequence IS NOT NULL) FROM relayed_commits WHERE commit_id = %s",
                [commit],
            )
            row: Any = await cursor.fetchone()
        first, last, is_whole = row
        return None if first is None else CommitSpan(first, last if is_whole else None)


def _spans(database: str, written: Sequence[Written]) -> list[tuple[Any, ...]]:
    """Rows of the commits that events belong to."""
    found: dict[tuple[str, str], list[Any]] = {}
    for place, sequence in ((each.place, each.sequence) for each in written):
        if not place.is_of_commit:
            continue
        key = (place.incarnation, place.commit)
        span = found.setdefault(key, [place.sequence, sequence, None])
        if place.is_whole and span[2] is None:
            span[2] = sequence
    return [(database, *key, *span) for key, span in found.items()]
