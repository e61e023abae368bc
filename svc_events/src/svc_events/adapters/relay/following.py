"""Relays one database: from the kernel's feed through translation into the stream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import OmsError, ResourceNotFound
from oms_core.tasks import raise_if_cancelled
from oms_core.tracing import Kind, continued, traceparent

from svc_events.adapters.relay.kernel_feed import FeedPart, KernelFeed
from svc_events.adapters.relay.metrics import RelayStats
from svc_events.adapters.relay.outbox import Outbox
from svc_events.adapters.relay.positions import RelayPositions
from svc_events.adapters.relay.prepared import HEADROOM_BYTES, Prepared, prepare
from svc_events.adapters.relay.recording import Recorder
from svc_events.adapters.relay.resuming import Reached, find_reached
from svc_events.adapters.relay.stream import RelayStream, Written
from svc_events.domain.events import Timestamp
from svc_events.domain.events.limits import MAX_DATA_BYTES
from svc_events.domain.relay.feed import FeedMove, SourceDatabase
from svc_events.domain.relay.place import Place
from svc_events.domain.relay.translation import (
    CommitTranslation,
    Relayed,
    Style,
    branch_moved,
    database_created,
    database_deleted,
)

# Translating more is left to a thread.
_SMALL_PART_BYTES: Final = 32 * 1024


class DatabaseRelay:
    """Relays a database while its lock is held.

    Args:
        base_url: Where the API is reached.
    """

    def __init__(
        self,
        feed: KernelFeed,
        stream: RelayStream,
        positions: RelayPositions,
        *,
        base_url: str,
        clock: Clock,
    ) -> None:
        self._feed = feed
        self._stream = stream
        self._positions = positions
        self._base_url = base_url
        self._clock = clock

    async def follow(self, database: SourceDatabase, stats: RelayStats) -> None:
        """Relays what was not relayed yet, and then what comes.

        Ends by being cancelled or by an error, after which it may be called again: it goes on
        behind the last event that the stream has.

        Raises:
            Overtaken: somebody else relayed events of this database meanwhile.
            ResourceNotFound: the database is gone, or history behind the last event is.
            ServiceUnavailable: the kernel, NATS or PostgreSQL can't be used.
        """
        reached = await find_reached(self._stream, self._positions, database)
        style = self._style(reached)
        run = _Run(
            self._feed,
            self._stream,
            self._positions,
            reached=reached,
            stats=stats,
            database=database,
        )
        place = await run.begin(style, Timestamp.of(self._clock.now()))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(run.write())
                tasks.create_task(run.recorder.run())
                tasks.create_task(self._read(run, style, database, place))
        except* Exception as group:
            raise _first(group) from group
        finally:
            # What is not noted now is read from the stream the next time.
            with suppress(OmsError):
                await run.recorder.flush()

    async def bury(self, database: str) -> None:
        """Tells that a database that was relayed is not there any more, unless that was told.

        Raises:
            Overtaken, ServiceUnavailable: as `follow`.
        """
        position = await self._positions.load(database)
        if position is None:
            return
        known = position.database
        reached = await find_reached(self._stream, self._positions, known)
        place = reached.place
        if place is None:
            return
        written = [Written(place, reached.after)]
        if not place.is_deleted:
            noticed = Timestamp.of(self._clock.now())
            end = database_deleted(self._style(reached), known, place, noticed=noticed)
            (sequence,), _ = await self._stream.write(
                database, [prepare(end, database)], after=reached.after, is_atomic=False
            )
            written = [Written(end.place, sequence)]
        await self._positions.record(known, written, reached.stream.created)

    def _style(self, reached: Reached) -> Style:
        most = min(reached.stream.max_message_bytes - HEADROOM_BYTES, MAX_DATA_BYTES)
        return Style(self._base_url, most)

    async def _read(self, run: _Run, style: Style, database: SourceDatabase, place: Place) -> None:
        """Translates what the kernel tells behind a place."""
        start, is_exact = await self._start(database, place)
        reached = place
        commit, translation = "", None
        async with aclosing(self._feed.watch(database.id, start)) as parts:
            async for part in parts:
                raise_if_cancelled()
                if isinstance(part, FeedMove):
                    if part.number > reached.move:
                        moved = branch_moved(style, database, part, reached)
                        await run.outbox.put([prepare(moved, database.id)])
                        reached = moved.place
                    continue
                if part.commit.id != commit:
                    commit = part.commit.id
                    is_skipped = not is_exact and await self._is_relayed(database, place, part)
                    is_begun = commit == place.commit and not place.is_whole
                    translation = (
                        None
                        if is_skipped
                        else CommitTranslation(
                            style, database, part.commit, place if is_begun else reached
                        )
                    )
                if translation is None:
                    continue
                prepared = await _translated(translation, part, database.id)
                run.stats.received(part.commit)
                await run.outbox.put(prepared)
                if part.is_last:
                    reached = prepared[-1].place

    async def _start(self, database: SourceDatabase, place: Place) -> tuple[str, bool]:
        """The commit to watch from, and whether what follows it is exactly what is missing.

        The commit may have been removed by compaction, or with the end of a history that was
        restored from a backup. Then an earlier one is looked for, and what was relayed is skipped.
        """
        start = place.watch_from
        if not start or await self._feed.has_commit(database.id, start):
            return start, True
        for commit in await self._positions.earlier_commits(database.id, place.incarnation):
            if await self._feed.has_commit(database.id, commit):
                return commit, False
        return "", False

    async def _is_relayed(self, database: SourceDatabase, place: Place, part: FeedPart) -> bool:
        commit = part.commit
        if commit.sequence > place.sequence or (commit.id == place.commit and not place.is_whole):
            return False
        return await self._positions.is_relayed(
            database.id, place.incarnation, commit.id, commit.sequence
        )


class _Run:
    """One database being relayed, from where it was to the next error."""

    def __init__(
        self,
        feed: KernelFeed,
        stream: RelayStream,
        positions: RelayPositions,
        *,
        database: SourceDatabase,
        reached: Reached,
        stats: RelayStats,
    ) -> None:
        self.outbox = Outbox()
        self.recorder = Recorder(positions, database, reached.stream.created)
        self.stats = stats
        self._feed = feed
        self._stream = stream
        self._database = database
        self._reached = reached
        self._after = reached.after

    async def begin(self, style: Style, now: Timestamp) -> Place:
        """Writes what comes before the first commit: the end of an earlier database of the same
        name, and the beginning of this one. Returns the place to go on from."""
        database, place = self._database, self._reached.place
        if place is not None and place.incarnation == database.incarnation:
            return place
        await self._feed.require(database)
        events: list[Relayed] = []
        if place is not None and not place.is_deleted:
            former = self._reached.known or database
            earlier = SourceDatabase(
                database.id, former.kind, former.display_name, Timestamp(place.incarnation)
            )
            events.append(database_deleted(style, earlier, place, noticed=now))
        created = database_created(style, database)
        await self._write([prepare(event, database.id) for event in [*events, created]])
        return created.place

    async def write(self) -> None:
        """Writes what the outbox has, and goes on. Ends only by an error or by being cancelled."""
        while True:
            raise_if_cancelled()
            events = await self.outbox.batch()
            # All of it came before this question: so it is of this database, and of no later one
            # of its name, whose feed the kernel may have gone on with.
            await self._feed.require(self._database)
            await self._write(events)
            await self.outbox.drop(len(events))
            self.stats.in_hand = len(self.outbox)

    async def _write(self, events: Sequence[Prepared]) -> None:
        positions, self._after = await self._stream.write(
            self._database.id,
            events,
            after=self._after,
            is_atomic=self._reached.stream.is_atomic,
        )
        self.stats.relayed(events)
        self.recorder.note(
            [Written(event.place, at) for event, at in zip(events, positions, strict=True)]
        )


async def _translated(
    translation: CommitTranslation, part: FeedPart, database: str
) -> list[Prepared]:
    def work() -> list[Prepared]:
        if not part.trace:
            return translated("")
        with continued("relay commit", Kind.PRODUCER, part.trace, messaging_system="nats"):
            return translated(traceparent())

    def translated(trace: str) -> list[Prepared]:
        changes = translation.changes(part.changes())
        events = [prepare(each, database, trace=trace) for each in changes]
        if part.is_last:
            events.append(prepare(translation.end(), database, trace=trace))
        return events

    if part.size <= _SMALL_PART_BYTES:
        return work()
    return await asyncio.to_thread(work)


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    """The error to tell of those that came together: what is missing explains the others."""
    errors = [error for error in group.exceptions if isinstance(error, Exception)]
    missing = [error for error in errors if isinstance(error, ResourceNotFound)]
    return (missing or errors)[0]
