"""Every service as an attribute; its module is loaded at the first use. Generated."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls

if TYPE_CHECKING:
    from oms_client.services.branches import AsyncBranches, Branches
    from oms_client.services.change_sets import AsyncChangeSets, ChangeSets
    from oms_client.services.embedding import AsyncEmbedding, Embedding
    from oms_client.services.event_types import AsyncEventTypes, EventTypes
    from oms_client.services.events import AsyncEvents, Events
    from oms_client.services.health import AsyncHealth, Health
    from oms_client.services.identity import AsyncIdentity, Identity
    from oms_client.services.indexes import AsyncIndexes, Indexes
    from oms_client.services.interfaces import AsyncInterfaces, Interfaces
    from oms_client.services.jobs import AsyncJobs, Jobs
    from oms_client.services.kernel_branches import AsyncKernelBranches, KernelBranches
    from oms_client.services.kernel_commits import AsyncKernelCommits, KernelCommits
    from oms_client.services.kernel_databases import AsyncKernelDatabases, KernelDatabases
    from oms_client.services.kernel_diff import AsyncKernelDiff, KernelDiff
    from oms_client.services.kernel_documents import AsyncKernelDocuments, KernelDocuments
    from oms_client.services.kernel_history import AsyncKernelHistory, KernelHistory
    from oms_client.services.kernel_maintenance import AsyncKernelMaintenance, KernelMaintenance
    from oms_client.services.kernel_model_documents import AsyncKernelModelDocuments, KernelModelDocuments
    from oms_client.services.kernel_query import AsyncKernelQuery, KernelQuery
    from oms_client.services.kernel_replication import AsyncKernelReplication, KernelReplication
    from oms_client.services.kernel_schema import AsyncKernelSchema, KernelSchema
    from oms_client.services.kernel_tags import AsyncKernelTags, KernelTags
    from oms_client.services.kernel_triples import AsyncKernelTriples, KernelTriples
    from oms_client.services.link_types import AsyncLinkTypes, LinkTypes
    from oms_client.services.links import AsyncLinks, Links
    from oms_client.services.load import AsyncLoad, Load
    from oms_client.services.migration import AsyncMigration, Migration
    from oms_client.services.models import AsyncModels, Models
    from oms_client.services.object_types import AsyncObjectTypes, ObjectTypes
    from oms_client.services.objects import AsyncObjects, Objects
    from oms_client.services.ontologies import AsyncOntologies, Ontologies
    from oms_client.services.revisions import AsyncRevisions, Revisions
    from oms_client.services.routing_rules import AsyncRoutingRules, RoutingRules
    from oms_client.services.runs import AsyncRuns, Runs
    from oms_client.services.scheduler import AsyncScheduler, Scheduler
    from oms_client.services.schedules import AsyncSchedules, Schedules
    from oms_client.services.search import AsyncSearch, Search
    from oms_client.services.streams import AsyncStreams, Streams
    from oms_client.services.subscriptions import AsyncSubscriptions, Subscriptions
    from oms_client.services.transfer import AsyncTransfer, Transfer
    from oms_client.services.webhooks import AsyncWebhooks, Webhooks

__all__ = ["AsyncKernelServices", "AsyncServices", "KernelServices", "Services"]


class KernelServices:
    """The versioned store below the ontologies."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @cached_property
    def branches(self) -> KernelBranches:
        """Calls of `oms.datakernel.v1.BranchService`."""
        from oms_client.services.kernel_branches import KernelBranches

        return KernelBranches(self._calls)

    @cached_property
    def commits(self) -> KernelCommits:
        """Calls of `oms.datakernel.v1.CommitService`."""
        from oms_client.services.kernel_commits import KernelCommits

        return KernelCommits(self._calls)

    @cached_property
    def databases(self) -> KernelDatabases:
        """Calls of `oms.datakernel.v1.DatabaseService`."""
        from oms_client.services.kernel_databases import KernelDatabases

        return KernelDatabases(self._calls)

    @cached_property
    def diff(self) -> KernelDiff:
        """Calls of `oms.datakernel.v1.DiffService`."""
        from oms_client.services.kernel_diff import KernelDiff

        return KernelDiff(self._calls)

    @cached_property
    def documents(self) -> KernelDocuments:
        """Calls of `oms.datakernel.v1.DocumentService`."""
        from oms_client.services.kernel_documents import KernelDocuments

        return KernelDocuments(self._calls)

    @cached_property
    def history(self) -> KernelHistory:
        """Calls of `oms.datakernel.v1.HistoryService`."""
        from oms_client.services.kernel_history import KernelHistory

        return KernelHistory(self._calls)

    @cached_property
    def maintenance(self) -> KernelMaintenance:
        """Calls of `oms.datakernel.v1.MaintenanceService`."""
        from oms_client.services.kernel_maintenance import KernelMaintenance

        return KernelMaintenance(self._calls)

    @cached_property
    def model_documents(self) -> KernelModelDocuments:
        """Calls of `oms.datakernel.v1.ModelDocumentService`."""
        from oms_client.services.kernel_model_documents import KernelModelDocuments

        return KernelModelDocuments(self._calls)

    @cached_property
    def query(self) -> KernelQuery:
        """Calls of `oms.datakernel.v1.QueryService`."""
        from oms_client.services.kernel_query import KernelQuery

        return KernelQuery(self._calls)

    @cached_property
    def replication(self) -> KernelReplication:
        """Calls of `oms.datakernel.v1.ReplicationService`."""
        from oms_client.services.kernel_replication import KernelReplication

        return KernelReplication(self._calls)

    @cached_property
    def schema(self) -> KernelSchema:
        """Calls of `oms.datakernel.v1.SchemaService`."""
        from oms_client.services.kernel_schema import KernelSchema

        return KernelSchema(self._calls)

    @cached_property
    def tags(self) -> KernelTags:
        """Calls of `oms.datakernel.v1.TagService`."""
        from oms_client.services.kernel_tags import KernelTags

        return KernelTags(self._calls)

    @cached_property
    def triples(self) -> KernelTriples:
        """Calls of `oms.datakernel.v1.TripleService`."""
        from oms_client.services.kernel_triples import KernelTriples

        return KernelTriples(self._calls)


class Services:
    """Every service."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    @cached_property
    def branches(self) -> Branches:
        """Calls of `oms.ontology.v1.BranchService`."""
        from oms_client.services.branches import Branches

        return Branches(self._calls)

    @cached_property
    def change_sets(self) -> ChangeSets:
        """Calls of `oms.ontology.v1.ChangeSetService`."""
        from oms_client.services.change_sets import ChangeSets

        return ChangeSets(self._calls)

    @cached_property
    def embedding(self) -> Embedding:
        """Calls of `oms.embedding.v1.EmbeddingService`."""
        from oms_client.services.embedding import Embedding

        return Embedding(self._calls)

    @cached_property
    def event_types(self) -> EventTypes:
        """Calls of `oms.event.v1.EventTypeService`."""
        from oms_client.services.event_types import EventTypes

        return EventTypes(self._calls)

    @cached_property
    def events(self) -> Events:
        """Calls of `oms.event.v1.EventService`."""
        from oms_client.services.events import Events

        return Events(self._calls)

    @cached_property
    def health(self) -> Health:
        """Calls of `oms.health.v1.HealthService`."""
        from oms_client.services.health import Health

        return Health(self._calls)

    @cached_property
    def identity(self) -> Identity:
        """Calls of `oms.identity.v1.IdentityService`."""
        from oms_client.services.identity import Identity

        return Identity(self._calls)

    @cached_property
    def indexes(self) -> Indexes:
        """Calls of `oms.embedding.v1.IndexService`."""
        from oms_client.services.indexes import Indexes

        return Indexes(self._calls)

    @cached_property
    def interfaces(self) -> Interfaces:
        """Calls of `oms.ontology.v1.InterfaceService`."""
        from oms_client.services.interfaces import Interfaces

        return Interfaces(self._calls)

    @cached_property
    def jobs(self) -> Jobs:
        """Calls of `oms.scheduler.v1.JobService`."""
        from oms_client.services.jobs import Jobs

        return Jobs(self._calls)

    @cached_property
    def link_types(self) -> LinkTypes:
        """Calls of `oms.ontology.v1.LinkTypeService`."""
        from oms_client.services.link_types import LinkTypes

        return LinkTypes(self._calls)

    @cached_property
    def links(self) -> Links:
        """Calls of `oms.object.v1.LinkService`."""
        from oms_client.services.links import Links

        return Links(self._calls)

    @cached_property
    def load(self) -> Load:
        """Calls of `oms.object.v1.LoadService`."""
        from oms_client.services.load import Load

        return Load(self._calls)

    @cached_property
    def migration(self) -> Migration:
        """Calls of `oms.object.v1.MigrationService`."""
        from oms_client.services.migration import Migration

        return Migration(self._calls)

    @cached_property
    def models(self) -> Models:
        """Calls of `oms.embedding.v1.ModelService`."""
        from oms_client.services.models import Models

        return Models(self._calls)

    @cached_property
    def object_types(self) -> ObjectTypes:
        """Calls of `oms.ontology.v1.ObjectTypeService`."""
        from oms_client.services.object_types import ObjectTypes

        return ObjectTypes(self._calls)

    @cached_property
    def objects(self) -> Objects:
        """Calls of `oms.object.v1.ObjectService`."""
        from oms_client.services.objects import Objects

        return Objects(self._calls)

    @cached_property
    def ontologies(self) -> Ontologies:
        """Calls of `oms.ontology.v1.OntologyService`."""
        from oms_client.services.ontologies import Ontologies

        return Ontologies(self._calls)

    @cached_property
    def revisions(self) -> Revisions:
        """Calls of `oms.ontology.v1.RevisionService`."""
        from oms_client.services.revisions import Revisions

        return Revisions(self._calls)

    @cached_property
    def routing_rules(self) -> RoutingRules:
        """Calls of `oms.event.v1.RoutingRuleService`."""
        from oms_client.services.routing_rules import RoutingRules

        return RoutingRules(self._calls)

    @cached_property
    def runs(self) -> Runs:
        """Calls of `oms.scheduler.v1.RunService`."""
        from oms_client.services.runs import Runs

        return Runs(self._calls)

    @cached_property
    def scheduler(self) -> Scheduler:
        """Calls of `oms.scheduler.v1.SchedulerService`."""
        from oms_client.services.scheduler import Scheduler

        return Scheduler(self._calls)

    @cached_property
    def schedules(self) -> Schedules:
        """Calls of `oms.scheduler.v1.ScheduleService`."""
        from oms_client.services.schedules import Schedules

        return Schedules(self._calls)

    @cached_property
    def search(self) -> Search:
        """Calls of `oms.embedding.v1.SearchService`."""
        from oms_client.services.search import Search

        return Search(self._calls)

    @cached_property
    def streams(self) -> Streams:
        """Calls of `oms.event.v1.StreamService`."""
        from oms_client.services.streams import Streams

        return Streams(self._calls)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Calls of `oms.event.v1.SubscriptionService`."""
        from oms_client.services.subscriptions import Subscriptions

        return Subscriptions(self._calls)

    @cached_property
    def transfer(self) -> Transfer:
        """Calls of `oms.ontology.v1.TransferService`."""
        from oms_client.services.transfer import Transfer

        return Transfer(self._calls)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Calls of `oms.event.v1.WebhookService`."""
        from oms_client.services.webhooks import Webhooks

        return Webhooks(self._calls)

    @cached_property
    def kernel(self) -> KernelServices:
        """The versioned store below the ontologies."""
        return KernelServices(self._calls)


class AsyncKernelServices:
    """The versioned store below the ontologies."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    @cached_property
    def branches(self) -> AsyncKernelBranches:
        """Calls of `oms.datakernel.v1.BranchService`."""
        from oms_client.services.kernel_branches import AsyncKernelBranches

        return AsyncKernelBranches(self._calls)

    @cached_property
    def commits(self) -> AsyncKernelCommits:
        """Calls of `oms.datakernel.v1.CommitService`."""
        from oms_client.services.kernel_commits import AsyncKernelCommits

        return AsyncKernelCommits(self._calls)

    @cached_property
    def databases(self) -> AsyncKernelDatabases:
        """Calls of `oms.datakernel.v1.DatabaseService`."""
        from oms_client.services.kernel_databases import AsyncKernelDatabases

        return AsyncKernelDatabases(self._calls)

    @cached_property
    def diff(self) -> AsyncKernelDiff:
        """Calls of `oms.datakernel.v1.DiffService`."""
        from oms_client.services.kernel_diff import AsyncKernelDiff

        return AsyncKernelDiff(self._calls)

    @cached_property
    def documents(self) -> AsyncKernelDocuments:
        """Calls of `oms.datakernel.v1.DocumentService`."""
        from oms_client.services.kernel_documents import AsyncKernelDocuments

        return AsyncKernelDocuments(self._calls)

    @cached_property
    def history(self) -> AsyncKernelHistory:
        """Calls of `oms.datakernel.v1.HistoryService`."""
        from oms_client.services.kernel_history import AsyncKernelHistory

        return AsyncKernelHistory(self._calls)

    @cached_property
    def maintenance(self) -> AsyncKernelMaintenance:
        """Calls of `oms.datakernel.v1.MaintenanceService`."""
        from oms_client.services.kernel_maintenance import AsyncKernelMaintenance

        return AsyncKernelMaintenance(self._calls)

    @cached_property
    def model_documents(self) -> AsyncKernelModelDocuments:
        """Calls of `oms.datakernel.v1.ModelDocumentService`."""
        from oms_client.services.kernel_model_documents import AsyncKernelModelDocuments

        return AsyncKernelModelDocuments(self._calls)

    @cached_property
    def query(self) -> AsyncKernelQuery:
        """Calls of `oms.datakernel.v1.QueryService`."""
        from oms_client.services.kernel_query import AsyncKernelQuery

        return AsyncKernelQuery(self._calls)

    @cached_property
    def replication(self) -> AsyncKernelReplication:
        """Calls of `oms.datakernel.v1.ReplicationService`."""
        from oms_client.services.kernel_replication import AsyncKernelReplication

        return AsyncKernelReplication(self._calls)

    @cached_property
    def schema(self) -> AsyncKernelSchema:
        """Calls of `oms.datakernel.v1.SchemaService`."""
        from oms_client.services.kernel_schema import AsyncKernelSchema

        return AsyncKernelSchema(self._calls)

    @cached_property
    def tags(self) -> AsyncKernelTags:
        """Calls of `oms.datakernel.v1.TagService`."""
        from oms_client.services.kernel_tags import AsyncKernelTags

        return AsyncKernelTags(self._calls)

    @cached_property
    def triples(self) -> AsyncKernelTriples:
        """Calls of `oms.datakernel.v1.TripleService`."""
        from oms_client.services.kernel_triples import AsyncKernelTriples

        return AsyncKernelTriples(self._calls)


class AsyncServices:
    """Every service."""

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    @cached_property
    def branches(self) -> AsyncBranches:
        """Calls of `oms.ontology.v1.BranchService`."""
        from oms_client.services.branches import AsyncBranches

        return AsyncBranches(self._calls)

    @cached_property
    def change_sets(self) -> AsyncChangeSets:
        """Calls of `oms.ontology.v1.ChangeSetService`."""
        from oms_client.services.change_sets import AsyncChangeSets

        return AsyncChangeSets(self._calls)

    @cached_property
    def embedding(self) -> AsyncEmbedding:
        """Calls of `oms.embedding.v1.EmbeddingService`."""
        from oms_client.services.embedding import AsyncEmbedding

        return AsyncEmbedding(self._calls)

    @cached_property
    def event_types(self) -> AsyncEventTypes:
        """Calls of `oms.event.v1.EventTypeService`."""
        from oms_client.services.event_types import AsyncEventTypes

        return AsyncEventTypes(self._calls)

    @cached_property
    def events(self) -> AsyncEvents:
        """Calls of `oms.event.v1.EventService`."""
        from oms_client.services.events import AsyncEvents

        return AsyncEvents(self._calls)

    @cached_property
    def health(self) -> AsyncHealth:
        """Calls of `oms.health.v1.HealthService`."""
        from oms_client.services.health import AsyncHealth

        return AsyncHealth(self._calls)

    @cached_property
    def identity(self) -> AsyncIdentity:
        """Calls of `oms.identity.v1.IdentityService`."""
        from oms_client.services.identity import AsyncIdentity

        return AsyncIdentity(self._calls)

    @cached_property
    def indexes(self) -> AsyncIndexes:
        """Calls of `oms.embedding.v1.IndexService`."""
        from oms_client.services.indexes import AsyncIndexes

        return AsyncIndexes(self._calls)

    @cached_property
    def interfaces(self) -> AsyncInterfaces:
        """Calls of `oms.ontology.v1.InterfaceService`."""
        from oms_client.services.interfaces import AsyncInterfaces

        return AsyncInterfaces(self._calls)

    @cached_property
    def jobs(self) -> AsyncJobs:
        """Calls of `oms.scheduler.v1.JobService`."""
        from oms_client.services.jobs import AsyncJobs

        return AsyncJobs(self._calls)

    @cached_property
    def link_types(self) -> AsyncLinkTypes:
        """Calls of `oms.ontology.v1.LinkTypeService`."""
        from oms_client.services.link_types import AsyncLinkTypes

        return AsyncLinkTypes(self._calls)

    @cached_property
    def links(self) -> AsyncLinks:
        """Calls of `oms.object.v1.LinkService`."""
        from oms_client.services.links import AsyncLinks

        return AsyncLinks(self._calls)

    @cached_property
    def load(self) -> AsyncLoad:
        """Calls of `oms.object.v1.LoadService`."""
        from oms_client.services.load import AsyncLoad

        return AsyncLoad(self._calls)

    @cached_property
    def migration(self) -> AsyncMigration:
        """Calls of `oms.object.v1.MigrationService`."""
        from oms_client.services.migration import AsyncMigration

        return AsyncMigration(self._calls)

    @cached_property
    def models(self) -> AsyncModels:
        """Calls of `oms.embedding.v1.ModelService`."""
        from oms_client.services.models import AsyncModels

        return AsyncModels(self._calls)

    @cached_property
    def object_types(self) -> AsyncObjectTypes:
        """Calls of `oms.ontology.v1.ObjectTypeService`."""
        from oms_client.services.object_types import AsyncObjectTypes

        return AsyncObjectTypes(self._calls)

    @cached_property
    def objects(self) -> AsyncObjects:
        """Calls of `oms.object.v1.ObjectService`."""
        from oms_client.services.objects import AsyncObjects

        return AsyncObjects(self._calls)

    @cached_property
    def ontologies(self) -> AsyncOntologies:
        """Calls of `oms.ontology.v1.OntologyService`."""
        from oms_client.services.ontologies import AsyncOntologies

        return AsyncOntologies(self._calls)

    @cached_property
    def revisions(self) -> AsyncRevisions:
        """Calls of `oms.ontology.v1.RevisionService`."""
        from oms_client.services.revisions import AsyncRevisions

        return AsyncRevisions(self._calls)

    @cached_property
    def routing_rules(self) -> AsyncRoutingRules:
        """Calls of `oms.event.v1.RoutingRuleService`."""
        from oms_client.services.routing_rules import AsyncRoutingRules

        return AsyncRoutingRules(self._calls)

    @cached_property
    def runs(self) -> AsyncRuns:
        """Calls of `oms.scheduler.v1.RunService`."""
        from oms_client.services.runs import AsyncRuns

        return AsyncRuns(self._calls)

    @cached_property
    def scheduler(self) -> AsyncScheduler:
        """Calls of `oms.scheduler.v1.SchedulerService`."""
        from oms_client.services.scheduler import AsyncScheduler

        return AsyncScheduler(self._calls)

    @cached_property
    def schedules(self) -> AsyncSchedules:
        """Calls of `oms.scheduler.v1.ScheduleService`."""
        from oms_client.services.schedules import AsyncSchedules

        return AsyncSchedules(self._calls)

    @cached_property
    def search(self) -> AsyncSearch:
        """Calls of `oms.embedding.v1.SearchService`."""
        from oms_client.services.search import AsyncSearch

        return AsyncSearch(self._calls)

    @cached_property
    def streams(self) -> AsyncStreams:
        """Calls of `oms.event.v1.StreamService`."""
        from oms_client.services.streams import AsyncStreams

        return AsyncStreams(self._calls)

    @cached_property
    def subscriptions(self) -> AsyncSubscriptions:
        """Calls of `oms.event.v1.SubscriptionService`."""
        from oms_client.services.subscriptions import AsyncSubscriptions

        return AsyncSubscriptions(self._calls)

    @cached_property
    def transfer(self) -> AsyncTransfer:
        """Calls of `oms.ontology.v1.TransferService`."""
        from oms_client.services.transfer import AsyncTransfer

        return AsyncTransfer(self._calls)

    @cached_property
    def webhooks(self) -> AsyncWebhooks:
        """Calls of `oms.event.v1.WebhookService`."""
        from oms_client.services.webhooks import AsyncWebhooks

        return AsyncWebhooks(self._calls)

    @cached_property
    def kernel(self) -> AsyncKernelServices:
        """The versioned store below the ontologies."""
        return AsyncKernelServices(self._calls)
