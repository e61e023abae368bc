"""Goes on with the re-indexes that are under way, those whose claims it gets."""

from __future__ import annotations

import asyncio
from typing import Final

from oms_core.errors import OmsError, ResourceNotFound
from oms_core.logging import get_logger
from oms_core.pauses import Pauses

from svc_embedding.adapters.search.claims import Claims, ClaimsSession
from svc_embedding.adapters.search.tasks import Tasks
from svc_embedding.domain.indexes.records import IndexRecord
from svc_embedding.domain.indexes.reindexing import Reindexer
from svc_embedding.domain.indexes.vector_index import VectorIndex

_LOOK_S: Final = 0.5
"""Time between two looks for re-indexes and free claims."""
_REINDEX: Final = "reindex/"


class ReindexWorker:
    """Any number of replicas run it; each re-index has one. After a restart it goes on where it
    was."""

    def __init__(self, index: VectorIndex, reindexer: Reindexer, *, claims: ClaimsSession) -> None:
        self._index = index
        self._reindexer = reindexer
        self._claims = claims
        self._log = get_logger()

    async def run(self) -> None:
        """Works until it is cancelled, whatever goes away meanwhile."""
        pauses = Pauses()
        while True:
            try:
                async with self._claims() as claims:
                    await self._work_while(claims, pauses)
            except OmsError as exc:
                pauses.tell("re-indexes wait", exc)
            except Exception as exc:  # noqa: BLE001 - the work has to go on
                self._log.error("re-indexes failed", exc_info=exc)
            await pauses.wait()

    async def _work_while(self, claims: Claims, pauses: Pauses) -> None:
        tasks = Tasks()
        try:
            while True:
                records = await self._index.list()
                building = {f"{_REINDEX}{each.id}": each for each in records if each.building}
                await claims.take(building.keys())
                await self._adapt(tasks, claims, building)
                pauses.begin()
                await asyncio.sleep(_LOOK_S)
        finally:
            await tasks.stop()

    async def _adapt(self, tasks: Tasks, claims: Claims, building: dict[str, IndexRecord]) -> None:
        for claim in sorted(claims.held):
            record = building.get(claim)
            if record is None:
                await tasks.end(claim)
                await claims.release(claim)
            elif record.building and tasks.is_other(claim, record.building.generation):
                await tasks.end(claim)
                tasks.start(claim, record.building.generation, self._keep_filling(record.id))

    async def _keep_filling(self, index_id: str) -> None:
        """Goes on with a re-index until it is done."""
        pauses = Pauses(index=index_id)
        while True:
            try:
                while await self._reindexer.advance(await self._index.get(index_id)):
                    pauses.begin()
            except ResourceNotFound:
                return
            except OmsError as exc:
                pauses.tell("a re-index waits", exc)
            except Exception as exc:  # noqa: BLE001 - one index must not stop the others
                self._log.error("a re-index failed", exc_info=exc, index=index_id)
            else:
                return
            await pauses.wait()
