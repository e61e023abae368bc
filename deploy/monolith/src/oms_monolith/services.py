"""Which services the monolith hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import svc_api.setup
import svc_datakernel.setup
import svc_embedding.setup
import svc_events.setup
import svc_graphql.setup
import svc_scheduler.setup
from oms_core.settings import Settings
from oms_kernel import CacheSettings
from oms_nats import NatsSettings
from oms_postgres import PostgresSettings
from oms_rpc import Service, Topology
from oms_security import SecuritySettings
from svc_api.settings import ApiSettings
from svc_datakernel.settings import KernelSettings
from svc_embedding.settings import EmbeddingSettings
from svc_events.settings import EventSettings
from svc_graphql.settings import GraphqlSettings
from svc_scheduler.settings import SchedulerSettings


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The settings of every service; those left out are read from the environment."""

    datakernel: KernelSettings = field(default_factory=KernelSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    scheduler: SchedulerSettings = field(default_factory=SchedulerSettings)
    events: EventSettings = field(default_factory=EventSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    graphql: GraphqlSettings = field(default_factory=GraphqlSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    nats: NatsSettings = field(default_factory=NatsSettings)
    postgres: PostgresSettings = field(default_factory=PostgresSettings)

    def of_hosted(self, topology: Topology) -> Sequence[Settings]:
        """The settings of the services that the monolith hosts, and of what they share."""
        users: list[tuple[Settings, Sequence[str]]] = [
            (self.nats, ("events", "scheduler")),
            (self.postgres, ("events", "scheduler", "embedding")),
        ]
        stores = [
            store for store, services in users if any(topology.is_hosted(name) for name in services)
        ]
        return [*(getattr(self, name) for name in topology.hosted()), self.cache, *stores]


def hosted_services(
    topology: Topology, security: SecuritySettings, settings: ServiceSettings | None = None
) -> Sequence[Service]:
    """The services whose flag is off, in start order: what others call comes first."""
    told = settings or ServiceSettings()
    # Made only if hosted: what is not may have settings that can't be used here, such as a file.
    every: dict[str, Callable[[], Service]] = {
        "datakernel": lambda: svc_datakernel.setup.service(told.datakernel),
        "embedding": lambda: svc_embedding.setup.service(told.embedding, told.postgres),
        "scheduler": lambda: svc_scheduler.setup.service(
            told.scheduler, security, told.nats, told.postgres
        ),
        "events": lambda: svc_events.setup.service(told.events, told.nats, told.postgres),
        "api": lambda: svc_api.setup.service(told.api, security, told.cache),
        "graphql": lambda: svc_graphql.setup.service(told.graphql),
    }
    return [make() for name, make in every.items() if topology.is_hosted(name)]
