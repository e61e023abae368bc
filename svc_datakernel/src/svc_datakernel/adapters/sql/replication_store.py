"""Whole histories sent from SQL databases, and taken into them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from oms_core.clock import Clock
from oms_core.errors import (
    DataCorrupted,
    InvalidField,
    OmsError,
    ResourceAlreadyExists,
    UnrelatedHistories,
    WrongModel,
)
from oms_core.ids import new_reference_id
from sqlalchemy import select

from svc_datakernel.adapters.sql import exporting, importing, leases
from svc_datakernel.adapters.sql.creation import INCOMPLETE
from svc_datakernel.adapters.sql.databases import Databases, OpenDatabase
from svc_datakernel.adapters.sql.importing import Arrived, Import
from svc_datakernel.adapters.sql.streaming import stream
from svc_datakernel.adapters.sql.tables import meta
from svc_datakernel.domain.model import Commit, Database, DatabaseModel
from svc_datakernel.domain.replication import (
    BundledChange,
    HistoryHeader,
    HistoryPart,
    Imported,
    ImportTarget,
)

_CHANGES_AT_ONCE: Final = 1000
_COMMITS_AT_ONCE: Final = 100
_BYTES_AT_ONCE: Final = 2 * 1024 * 1024


@dataclass(slots=True)
class _Arriving:
    """What came of a bundle and is not stored yet."""

    whole: list[Arrived] = field(default_factory=list[Arrived])
    commit: Commit | None = None
    changes: list[BundledChange] = field(default_factory=list[BundledChange])
    change_count: int = 0
    size_bytes: int = 0

    def take(self, part: HistoryPart) -> None:
        """Adds a part.

        Raises:
            DataCorrupted: parts are missing or in a wrong order.
        """
        if part.commit is None or (self.commit and self.commit.id != part.commit.id):
            raise DataCorrupted("the bundle's parts are not in order; send it again")
        self.commit = part.commit
        self.changes += part.changes
        self.change_count += len(part.changes)
        self.size_bytes += sum(len(each.after_json or b"") for each in part.changes)
        if part.is_last:
            self.whole.append(Arrived(part.commit, self.changes))
            self.commit, self.changes = None, []

    @property
    def is_much(self) -> bool:
        """Whether it is time to store what is whole."""
        return bool(self.whole) and (
            len(self.whole) >= _COMMITS_AT_ONCE
            or self.change_count >= _CHANGES_AT_ONCE
            or self.size_bytes >= _BYTES_AT_ONCE
        )


class SqlReplication:
    """`Replication` on SQL databases; see `domain/replication.py` for its methods."""

    def __init__(self, databases: Databases, clock: Clock) -> None:
        """Borrows the databases: who made them closes them."""
        self._databases = databases
        self._clock = clock

    async def export_history(
        self, database: str, *, branches: Sequence[str], have: Sequence[str]
    ) -> AsyncGenerator[HistoryPart]:
        async with self._databases.use(database) as opened:
            parts = stream(
                opened.read_long,
                lambda conn: exporting.parts(conn, opened.description, wanted=branches, have=have),
            )
            async with aclosing(parts):
                async for part in parts:
                    yield part

    async def import_history(
        self, target: ImportTarget, parts: AsyncIterator[HistoryPart]
    ) -> Imported:
        first = await anext(parts, None)
        if first is None or first.header is None:
            raise InvalidField.of("part", "a bundle begins with its header")
        header = first.header
        importing.check_header(header)
        arriving = _Arriving()
        if target.is_creating:
            root = await anext(parts, None)
            if root is None:
                raise DataCorrupted("the bundle has no commits; send it again")
            arriving.take(root)
            await self._create(target, header, root)
        async with self._databases.use(target.database) as opened:
            _check_identity(opened.description, header)
            work = Import(header.origin_database, new_reference_id(), frozenset(header.branches))
            try:
                # What comes before the first whole commit has to be kept as well.
                await opened.write(
                    lambda conn: leases.renew(conn, work.lease, [], now_us=self._now_us())
                )
                count = await self._take_in(opened, work, arriving, parts)
                moved = await opened.write(
                    lambda conn: importing.finish(conn, work, header, target, now_us=self._now_us())
                )
            except BaseException:
                await _release(opened, work)
                raise
            return Imported(count, moved)

    async def _create(self, target: ImportTarget, header: HistoryHeader, root: HistoryPart) -> None:
        if root.commit is None or root.commit.parents or root.commit.change_count:
            raise DataCorrupted("the bundle does not begin with a history's first commit")
        created = Database(
            id=target.database,
            display_name=header.display_name,
            description=header.description,
            kind=header.kind,
            create_time_us=root.commit.time_us,
            model=DatabaseModel(header.model),
            base_iri=header.base_iri,
            schema_iri=header.schema_iri,
            origin=header.origin_database,
        )
        try:
            # Its first commit is made anew and has the same id, or what follows is refused.
            await self._databases.create(created, root.commit.author)
        except ResourceAlreadyExists:
            async with self._databases.use(target.database) as opened:
                if not await opened.read(
                    lambda conn: conn.execute(select(meta).where(meta.c.name == INCOMPLETE)).first()
                ):
                    raise

    async def _take_in(
        self,
        opened: OpenDatabase,
        work: Import,
        arriving: _Arriving,
        parts: AsyncIterator[HistoryPart],
    ) -> int:
        count = 0
        async for part in parts:
            arriving.take(part)
            if arriving.is_much:
                count += await self._store(opened, work, arriving)
            elif arriving.size_bytes >= _BYTES_AT_ONCE:
                await self._store_contents(opened, arriving)
        if arriving.commit is not None:
            raise DataCorrupted("the bundle ends in the middle of a commit; send it again")
        return count + await self._store(opened, work, arriving)

    async def _store(self, opened: OpenDatabase, work: Import, arriving: _Arriving) -> int:
        whole, arriving.whole = arriving.whole, []
        arriving.change_count = len(arriving.changes)
        arriving.size_bytes = sum(len(each.after_json or b"") for each in arriving.changes)
        return await opened.write(
            lambda conn: importing.store(conn, work, whole, now_us=self._now_us())
        )

    async def _store_contents(self, opened: OpenDatabase, arriving: _Arriving) -> None:
        """Stores what came of a large commit, so that its contents need not be kept."""
        changes = arriving.changes
        await opened.write(lambda conn: importing.store_contents(conn, changes))
        arriving.changes = [BundledChange(each.change, None) for each in changes]
        arriving.size_bytes = 0

    def _now_us(self) -> int:
        now = self._clock.now()
        return int(now.timestamp()) * 1_000_000 + now.microsecond


def _check_identity(database: Database, header: HistoryHeader) -> None:
    own = database.origin or database.id
    if own != header.origin_database:
        raise UnrelatedHistories(
            f"database {database.id!r} has the history that began in {own!r}, and the bundle has "
            f"that of {header.origin_database!r}",
            metadata={"base": own, "target": header.origin_database},
        )
    if database.model.value != header.model:
        raise WrongModel(
            f"database {database.id!r} is of another model than the bundle",
            metadata={"database": database.id, "model": database.model.name},
        )


async def _release(opened: OpenDatabase, work: Import) -> None:
    """Gives the lease up; where that fails it ends by itself."""
    try:
        await opened.write(lambda conn: leases.release(conn, work.lease))
    except OmsError:
        return
