"""Finds out how far a database was relayed: what the stream says counts, then PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.stream import RelayStream, StreamState
from svc_events.domain.relay.feed import SourceDatabase
from svc_events.domain.relay.place import Place


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the relay of a database is.

    Args:
        place: Of the last event that was relayed; None: none ever was into this stream.
        after: Position of the database's last event in the stream; 0: the stream has none.
        known: The database as it was when that event was relayed, if that is known.
    """

    place: Place | None
    after: int
    known: SourceDatabase | None
    stream: StreamState


async def find_reached(
    stream: RelayStream, positions: RelayPositions, database: SourceDatabase
) -> Reached:
    """Looks, and brings PostgreSQL up to what the stream has.

    Raises:
        ServiceUnavailable: NATS or PostgreSQL can't be used.
    """
    state = await stream.state()
    position = await positions.load(database.id)
    if position is not None and position.stream_created != state.created:
        # That was another stream, which is gone with all its events: this one gets them anew.
        await positions.forget(database.id)
        position = None
    last = await stream.last(database.id)
    known = position.database if position is not None else None
    if last is None:
        # Nothing was ever relayed, or what was is not kept any more.
        return Reached(position.place if position else None, 0, known, state)
    noted = position.sequence if position is not None else 0
    if noted < last.sequence:
        # Events that were written and not noted before the relay ended.
        async for written in stream.between(database.id, noted + 1, last.sequence):
            if written:
                await positions.record(database, written, state.created)
    await positions.trim(database.id, state.first_sequence)
    return Reached(last.place, last.sequence, known, state)
