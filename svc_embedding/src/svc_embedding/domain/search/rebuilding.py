"""Reading the commits of an ontology again from the first one."""

from __future__ import annotations

from typing import Final

import orjson

from svc_embedding.domain.indexes.vector_index import VectorIndex

_KEY: Final = "search/epochs"


async def epochs_of(index: VectorIndex) -> dict[str, int]:
    """How often the search of each ontology was rebuilt; those that it was."""
    state = await index.state(_KEY)
    return orjson.loads(state.value) if state.value else {}


async def begin_rebuild(index: VectorIndex, ontology: str) -> int:
    """Asks whoever follows an ontology to begin anew; the epoch it will be in."""
    while True:
        state = await index.state(_KEY)
        epochs: dict[str, int] = orjson.loads(state.value) if state.value else {}
        epoch = epochs.get(ontology, 0) + 1
        text = orjson.dumps(epochs | {ontology: epoch}).decode()
        if await index.put_state(_KEY, text, state.version):
            return epoch
