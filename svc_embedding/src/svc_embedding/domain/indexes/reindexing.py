"""Filling a new generation beside the one that is searched, and switching over to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson
from oms_core.clock import Clock
from oms_core.errors import OmsError, StaleEtag, VectorSpaceMismatch

from svc_embedding.domain.indexes.embedding import TextEmbedder, space_mismatch
from svc_embedding.domain.indexes.entries import Placed, Vector
from svc_embedding.domain.indexes.records import (
    Building,
    IndexRecord,
    LayoutChanged,
    index_name,
)
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.writing import with_layout

_PART: Final = 256


class Reindexer:
    """Begins, goes on with and ends re-indexes. Any process may do each step."""

    def __init__(self, index: VectorIndex, embedder: TextEmbedder, clock: Clock) -> None:
        self._index = index
        self._embedder = embedder
        self._clock = clock

    async def begin(self, index_id: str, *, model: str = "", dimensions: int = 0) -> Building:
        """Begins a re-index, or joins the one that is under way into the same space.

        Args:
            model: Empty: the index's own.
            dimensions: 0: the model's own, or with the index's own model those it has.
        Raises:
            StaleEtag: one into another space is under way.
        """

        async def begin(record: IndexRecord) -> Building:
            name = model or record.active.model
            length = dimensions or (0 if model else record.active.dimensions)
            target = await self._embedder.generation(0, name, length)
            if record.building is not None:
                if record.building.generation.space == target.space:
                    return record.building
                known = record.building.generation.space
                raise StaleEtag.of(index_name(index_id), target.space, known)
            number = await self._index.next_generation()
            building = Building(
                generation=replace(target, number=number),
                start_time=self._clock.now(),
                total=await self._index.count(record),
            )
            await self._index.change(replace(record, building=building))
            return building

        return await with_layout(self._index, index_id, begin)

    async def cancel(self, index_id: str) -> IndexRecord:
        """Ends a re-index and drops what it made; the index as it is then."""

        async def cancel(record: IndexRecord) -> IndexRecord:
            if record.building is None:
                return record
            return await self._index.change(replace(record, building=None))

        return await with_layout(self._index, index_id, cancel)

    async def advance(self, record: IndexRecord) -> bool:
        """Fills in the next part, or switches over; whether there is more to do.

        What an entry needs that can't be had for ever ends the re-index, and is told by `failure`.
        """
        building = record.building
        if building is None:
            return False
        try:
            part = await self._index.scan(record, building.after, _PART)
            if not part:
                await self._index.change(record.switched())
                return False
            await self._index.fill(record, await self._made(record, building, part))
            last = part[-1]
            reached = replace(
                building,
                done=building.done + len(part),
                after=(last.namespace, last.entry.id),
            )
            await self._index.note(record, reached)
        except LayoutChanged:
            return True
        except VectorSpaceMismatch as exc:
            await self._fail(record, building, exc)
            return False
        return True

    async def failure(self, index_id: str, generation: int) -> OmsError | None:
        """Why the filling of a generation was given up, if it was."""
        state = await self._index.state(_failure_key(index_id))
        plain = orjson.loads(state.value) if state.value else {}
        if plain.get("generation") != generation:
            return None
        return VectorSpaceMismatch(plain["message"], metadata=plain["metadata"])

    async def _made(
        self, record: IndexRecord, building: Building, part: Sequence[Placed]
    ) -> list[Placed]:
        generation = building.generation
        for placed in part:
            if not placed.entry.text and record.active.space != generation.space:
                raise space_mismatch(record.active.space, generation, entry=placed.entry.id)
        texts = {placed.entry.text: None for placed in part if placed.entry.text}
        vectors, _ = await self._embedder.documents(generation, list(texts))
        made: dict[str, Vector] = dict(zip(texts, vectors, strict=True))
        return [
            Placed(p.namespace, replace(p.entry, vector=made.get(p.entry.text, p.entry.vector)))
            for p in part
        ]

    async def _fail(
        self, record: IndexRecord, building: Building, error: VectorSpaceMismatch
    ) -> None:
        key = _failure_key(record.id)
        plain = {
            "generation": building.generation.number,
            "message": error.message,
            "metadata": error.metadata,
        }
        state = await self._index.state(key)
        await self._index.put_state(key, orjson.dumps(plain).decode(), state.version)
        await self.cancel(record.id)


def _failure_key(index_id: str) -> str:
    return f"reindex-failure/{index_id}"
