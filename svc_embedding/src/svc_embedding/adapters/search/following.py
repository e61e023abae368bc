"""Follows the commits of one ontology, and embeds what it has not seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.clock import Clock
from oms_core.errors import ResourceNotFound
from oms_kernel import CommitFeed

from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.writing import Draft, EntryWriter, with_layout
from svc_embedding.domain.search.contents import Content, contents_of
from svc_embedding.domain.search.position import (
    Position,
    namespace_of,
    position_from_text,
    position_key,
    position_to_text,
)
from svc_embedding.domain.search.searching import INDEX_ID

_WAITING_PARTS: Final = 8
_BATCH: Final = 256
"""Contents that are written at once; a part of a commit has at most 500 documents."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An ontology that is followed, as it was when that began."""

    ontology: str
    incarnation: str
    epoch: int

    @property
    def namespace(self) -> str:
        """Where its contents lie."""
        return namespace_of(self.ontology, self.incarnation)


class Overtaken(Exception):
    """Another replica follows this ontology, or its search is being rebuilt."""


class OntologyFollower:
    """Keeps the contents of ontologies in the index. Safe to begin again at any moment: an entry is
    named by what it says, and the position moves only behind what is written."""

    def __init__(
        self, feed: CommitFeed, index: VectorIndex, writer: EntryWriter, clock: Clock
    ) -> None:
        self._feed = feed
        self._index = index
        self._writer = writer
        self._clock = clock

    async def follow(self, followed: Followed, on_progress: Callable[[], None]) -> None:
        """Reads what was not read yet, and then what comes, until it is cancelled or fails.

        Args:
            on_progress: Called whenever the position has moved.
        Raises:
            Overtaken: somebody else does.
            OmsError: the kernel, the model or the index can't be used, or the ontology is gone.
        """
        run = _Run(self._index, self._writer, self._clock, followed, on_progress)
        start = await run.begin(self._feed)
        parts: asyncio.Queue[commit_pb2.WatchCommitsResponse] = asyncio.Queue(_WAITING_PARTS)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(followed.ontology, start, parts))
                tasks.create_task(run.write(parts))
        except* Exception as group:
            raise _first(group) from group

    async def bury(self, ontology: str, namespace: str) -> None:
        """Drops what is known of an ontology that is gone."""
        await with_layout(
            self._index, INDEX_ID, lambda record: self._index.clear(record, namespace)
        )
        key = position_key(ontology)
        state = await self._index.state(key)
        if state.version:
            await self._index.put_state(key, "", state.version)

    async def _read(
        self, ontology: str, start: str, parts: asyncio.Queue[commit_pb2.WatchCommitsResponse]
    ) -> None:
        async with aclosing(self._feed.watch(ontology, start)) as feed:
            async for part in feed:
                await parts.put(part)


class _Run:
    """One ontology being followed, from where it was to the next error."""

    def __init__(
        self,
        index: VectorIndex,
        writer: EntryWriter,
        clock: Clock,
        followed: Followed,
        on_progress: Callable[[], None],
    ) -> None:
        self._index = index
        self._writer = writer
        self._clock = clock
        self._followed = followed
        self._on_progress = on_progress
        self._key = position_key(followed.ontology)
        self._position = Position()
        self._version = 0

    async def begin(self, feed: CommitFeed) -> str:
        """The commit to go on from; empty: from the first one."""
        state = await self._index.state(self._key)
        known, self._version = position_from_text(state.value), state.version
        followed = self._followed
        if known.incarnation not in ("", followed.incarnation):
            former = namespace_of(followed.ontology, known.incarnation)
            await with_layout(
                self._index, INDEX_ID, lambda record: self._index.clear(record, former)
            )
        is_same = known.incarnation == followed.incarnation and known.epoch >= followed.epoch
        if is_same and known.commit:
            # Compaction may have removed it: then all that is left is read again, and little is
            # new.
            if not await feed.has_commit(followed.ontology, known.commit):
                known = replace(known, commit="", sequence=-1)
        else:
            epoch = max(known.epoch, followed.epoch)
            known = Position(incarnation=followed.incarnation, epoch=epoch)
        await self._reach(known)
        return known.commit

    async def write(self, parts: asyncio.Queue[commit_pb2.WatchCommitsResponse]) -> None:
        """Writes what was read, and notes how far that is. Ends only by an error."""
        while True:
            batch = [await parts.get()]
            while not parts.empty():
                batch.append(parts.get_nowait())
            contents = await asyncio.to_thread(_contents, batch)
            for start in range(0, len(contents), _BATCH):
                await self._put(contents[start : start + _BATCH])
            whole = [part.commit for part in batch if part.is_last_part]
            if whole:
                last = whole[-1]
                await self._reach(
                    replace(self._position, commit=last.commit_id, sequence=last.sequence)
                )
                self._on_progress()

    async def _put(self, contents: Sequence[Content]) -> None:
        namespace = self._followed.namespace
        ids = [content.entry_id for content in contents]

        async def known(record: IndexRecord) -> set[str]:
            return set(await self._index.entries(record, namespace, ids))

        there = await with_layout(self._index, INDEX_ID, known)
        drafts = [
            Draft(
                id=content.entry_id,
                text=content.text,
                metadata={"kind": content.kind.value, "key": content.key},
            )
            for content in contents
            if content.entry_id not in there
        ]
        if drafts:
            await self._writer.write(INDEX_ID, namespace, drafts, is_addressed_by_text=True)

    async def _reach(self, position: Position) -> None:
        moved = replace(position, time=self._clock.now().timestamp())
        text = position_to_text(moved)
        if not await self._index.put_state(self._key, text, self._version):
            raise Overtaken
        self._position, self._version = moved, self._version + 1


def _contents(parts: Iterable[commit_pb2.WatchCommitsResponse]) -> list[Content]:
    """What changed documents say now, each content once."""
    found: dict[str, Content] = {}
    for part in parts:
        for change in part.changes:
            for content in contents_of(change.document_id, change.after_json):
                found.setdefault(content.entry_id, content)
    return list(found.values())


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    """The error to tell of those that came together: what is missing explains the others."""
    errors = [error for error in group.exceptions if isinstance(error, Exception)]
    missing = [error for error in errors if isinstance(error, ResourceNotFound)]
    return (missing or errors)[0]
