"""Composition of the vector indexes and of the search of ontologies."""

from __future__ import annotations

from oms.embedding.v1 import index_service_pb2_grpc as index_grpc
from oms.embedding.v1 import search_service_pb2_grpc as search_grpc
from oms_kernel import CommitFeed
from oms_postgres import PostgresSchema, PostgresSettings, migrations_in
from oms_rpc import ServiceContext

from svc_embedding.adapters.indexes.local.index import LocalIndex
from svc_embedding.adapters.indexes.pgvector.index import MIGRATIONS, SCHEMA, PgVectorIndex
from svc_embedding.adapters.indexes.qdrant.index import QdrantIndex
from svc_embedding.adapters.search.claims import ClaimsSession, alone, among_replicas
from svc_embedding.adapters.search.filling import ReindexWorker
from svc_embedding.adapters.search.following import OntologyFollower
from svc_embedding.adapters.search.kernel import KernelOntologies
from svc_embedding.adapters.search.worker import SearchWorker
from svc_embedding.domain.indexes.embedding import TextEmbedder
from svc_embedding.domain.indexes.reindexing import Reindexer
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.writing import EntryWriter
from svc_embedding.domain.models import Models
from svc_embedding.domain.search.choice import Chosen
from svc_embedding.domain.search.recommending import Recommender
from svc_embedding.domain.search.searching import OntologySearch
from svc_embedding.index_settings import IndexSettings
from svc_embedding.resources import Resources
from svc_embedding.servicers.index_servicer import IndexServicer
from svc_embedding.servicers.search_servicer import SearchServicer
from svc_embedding.settings import EmbeddingSettings


def add_indexes(ctx: ServiceContext, models: Models, resources: Resources) -> None:
    """Serves indexes and searches, and keeps up with the ontologies in the background."""
    index, claims = _backend(resources.settings, resources.indexes, resources.postgres)
    ctx.stack.push_async_callback(index.close)
    ctx.add_ready_check("vector_index", index.check, is_required=False)
    embedder = TextEmbedder(models)
    ctx.add_servicer(
        index_grpc.add_IndexServiceServicer_to_server,
        IndexServicer(index, embedder, ctx.clock),
    )
    reindexer = Reindexer(index, embedder, ctx.clock)
    ctx.add_worker("reindex", ReindexWorker(index, reindexer, claims=claims).run)
    _add_search(ctx, index, embedder, claims, resources.indexes)


def _add_search(
    ctx: ServiceContext,
    index: VectorIndex,
    embedder: TextEmbedder,
    claims: ClaimsSession,
    settings: IndexSettings,
) -> None:
    channel = ctx.channel("datakernel")
    chosen = Chosen.of(settings.search_ontologies)
    ontologies = KernelOntologies(channel)
    search = OntologySearch(index, embedder, ontologies)
    recommender = Recommender(index, embedder, ontologies, search)
    ctx.add_servicer(
        search_grpc.add_SearchServiceServicer_to_server,
        SearchServicer(index, search, recommender, chosen),
    )
    feed = CommitFeed(channel)
    worker = SearchWorker(
        feed,
        index,
        embedder,
        OntologyFollower(feed, index, EntryWriter(index, embedder), ctx.clock),
        Reindexer(index, embedder, ctx.clock),
        claims=claims,
        model=settings.search_model,
        chosen=chosen,
        clock=ctx.clock,
    )
    ctx.add_worker("search", worker.run)


def _backend(
    settings: EmbeddingSettings, indexes: IndexSettings, postgres: PostgresSettings
) -> tuple[VectorIndex, ClaimsSession]:
    """Qdrant where it is set, else PostgreSQL where there is one, else this process."""
    if indexes.qdrant_url:
        return QdrantIndex(indexes.qdrant_url, indexes.qdrant_key.get_secret_value()), alone
    schema = PostgresSchema(postgres, SCHEMA, migrations_in(MIGRATIONS))
    if schema.is_configured:
        return PgVectorIndex(schema), among_replicas(schema)
    return LocalIndex(settings.data_dir / "embedding" / "indexes"), alone
