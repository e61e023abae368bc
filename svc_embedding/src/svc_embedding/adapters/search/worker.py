"""Finds the ontologies there are, and follows those whose claims it gets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import orjson
from oms_core.clock import Clock
from oms_core.errors import OmsError, ResourceAlreadyExists
from oms_core.logging import get_logger
from oms_core.pauses import Pauses
from oms_core.tasks import in_own_task
from oms_kernel import CommitFeed

from svc_embedding.adapters.search.claims import Claims, ClaimsSession
from svc_embedding.adapters.search.following import Followed, OntologyFollower, Overtaken
from svc_embedding.adapters.search.kernel import ONTOLOGY_KIND, incarnation_of
from svc_embedding.adapters.search.tasks import Tasks
from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.records import IndexRecord, LayoutChanged, Metric
from svc_embedding.domain.indexes.reindexing import Reindexer
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.search.choice import Chosen
from svc_embedding.domain.search.position import ONTOLOGIES_KEY
from svc_embedding.domain.search.rebuilding import begin_rebuild, epochs_of
from svc_embedding.domain.search.searching import INDEX_ID

_LOOK_S: Final = 0.5
"""Time between two looks for ontologies and free claims."""
_DESCRIPTION: Final = "Contents of every ontology, kept by the search of ontologies"
_FOLLOW: Final = "ontology/"


class SearchWorker:
    """Any number of replicas run it; each ontology has one.

    Args:
        model: That embeds ontologies; empty: the default one.
        chosen: Those that are searchable.
    """

    def __init__(
        self,
        feed: CommitFeed,
        index: VectorIndex,
        embedder: TextEmbedder,
        follower: OntologyFollower,
        reindexer: Reindexer,
        *,
        claims: ClaimsSession,
        model: str,
        chosen: Chosen,
        clock: Clock,
    ) -> None:
        self._feed = feed
        self._index = index
        self._embedder = embedder
        self._follower = follower
        self._reindexer = reindexer
        self._claims = claims
        self._model = model
        self._chosen = chosen
        self._clock = clock
        self._log = get_logger()

    async def run(self) -> None:
        """Works until it is cancelled, whatever goes away meanwhile."""
        pauses = Pauses()
        while True:
            try:
                async with self._claims() as claims:
                    await self._work_while(claims, pauses)
            except (OmsError, LayoutChanged) as exc:
                pauses.tell("the search of ontologies waits", exc)
            except Exception as exc:  # noqa: BLE001 - the work has to go on
                self._log.error("the search of ontologies failed", exc_info=exc)
            await pauses.wait()

    async def _work_while(self, claims: Claims, pauses: Pauses) -> None:
        tasks = Tasks()
        is_made = False
        try:
            while True:
                ontologies = await self._ontologies()
                if ontologies and not is_made:
                    await self._ensure_index(await self._index.list())
                    is_made = True
                    ontologies = await self._ontologies()
                known = await self._known()
                names = {f"{_FOLLOW}{name}" for name in ontologies.keys() | known.keys()}
                await claims.take(names)
                await self._adapt_following(tasks, claims, ontologies, known)
                pauses.begin()
                await asyncio.sleep(_LOOK_S)
        finally:
            await tasks.stop()

    async def _ontologies(self) -> dict[str, Followed]:
        epochs = await epochs_of(self._index)
        return {
            name: Followed(name, incarnation_of(database), epochs.get(name, 0))
            for database in await self._feed.databases()
            if database.kind == ONTOLOGY_KIND
            and (name := database.name.partition("/")[2]) in self._chosen
        }

    async def _ensure_index(self, records: Sequence[IndexRecord]) -> None:
        """Makes the index of ontologies; with another model than before it is re-indexed."""
        there = next((record for record in records if record.id == INDEX_ID), None)
        if there is None:
            generation = await self._embedder.generation(0, self._model, 0)
            number = await self._index.next_generation()
            record = IndexRecord(
                id=INDEX_ID,
                metric=Metric.COSINE,
                description=_DESCRIPTION,
                active=await self._embedder.generation(number, generation.model, 0),
                create_time=self._clock.now(),
            )
            # What lay in an index before is gone: everybody begins anew.
            for ontology in await self._known():
                await begin_rebuild(self._index, ontology)
            try:
                await self._index.create(record)
            except ResourceAlreadyExists:
                self._log.debug("another replica made the index of ontologies")
            return
        wanted = await self._embedder.generation(0, self._model, 0)
        filled = there.building.generation.space if there.building else there.active.space
        if wanted.space != filled:
            if there.building is not None:
                await self._reindexer.cancel(INDEX_ID)
            if wanted.space != there.active.space:
                self._log.info("the index of ontologies moves to another model", model=wanted.model)
                await self._reindexer.begin(INDEX_ID, model=wanted.model)

    async def _adapt_following(
        self,
        tasks: Tasks,
        claims: Claims,
        ontologies: dict[str, Followed],
        known: dict[str, str],
    ) -> None:
        """Starts, ends and begins anew what has to be."""
        for claim in sorted(name for name in claims.held if name.startswith(_FOLLOW)):
            ontology = claim.removeprefix(_FOLLOW)
            followed = ontologies.get(ontology)
            if followed is None:
                await tasks.end(claim)
                if ontology in known:
                    await self._follower.bury(ontology, known[ontology])
                    await self._remember(ontology, None)
                await claims.release(claim)
            elif tasks.is_other(claim, followed):
                await tasks.end(claim)
                await self._remember(ontology, followed.namespace)
                tasks.start(claim, followed, self._keep_following(followed))

    async def _keep_following(self, followed: Followed) -> None:
        """Follows an ontology, again and again after errors, until it is cancelled."""
        pauses = Pauses(ontology=followed.ontology)
        while True:
            try:
                await in_own_task(self._follower.follow(followed, pauses.begin))
            except Overtaken as exc:
                pauses.tell("another replica follows this ontology", exc)
            except (OmsError, LayoutChanged) as exc:
                pauses.tell("the search of an ontology waits", exc)
            except Exception as exc:  # noqa: BLE001 - one ontology must not stop the others
                self._log.error(
                    "the search of an ontology failed", exc_info=exc, ontology=followed.ontology
                )
            await pauses.wait()

    async def _known(self) -> dict[str, str]:
        """The namespaces of the ontologies that were followed, by id."""
        state = await self._index.state(ONTOLOGIES_KEY)
        return orjson.loads(state.value) if state.value else {}

    async def _remember(self, ontology: str, namespace: str | None) -> None:
        while True:
            state = await self._index.state(ONTOLOGIES_KEY)
            known: dict[str, str] = orjson.loads(state.value) if state.value else {}
            changed = {key: value for key, value in known.items() if key != ontology}
            if namespace is not None:
                changed[ontology] = namespace
            if changed == known:
                return
            text = orjson.dumps(changed).decode()
            if await self._index.put_state(ONTOLOGIES_KEY, text, state.version):
                return
