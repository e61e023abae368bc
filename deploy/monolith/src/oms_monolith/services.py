"""Which services the monolith hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import svc_api.setup
import svc_datakernel.setup
import svc_embedding.setup
import svc_events.setup
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
from svc_scheduler.settings import SchedulerSettings


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The settings of every service; those left out are read from the environment."""

    datakernel: KernelSettings = field(default_factory=KernelSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    scheduler: SchedulerSettings = field(default_factory=SchedulerSettings)
    events: EventSettings = field(default_factory=EventSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    cache: CacheSettings = field(default_factory=CacheSettings)
    nats: NatsSettings = field(default_factory=NatsSettings)
    postgres: PostgresSettings = field(default_factory=PostgresSettings)

    def of_hosted(self, topology: Topology) -> Sequence[Settings]:
        """The settings of the services that the monolith hosts, and of what they share."""
        stores: list[Settings] = [self.nats] if topology.is_hosted("events") else []
        if topology.is_hosted("events") or topology.is_hosted("embedding"):
            stores.append(self.postgres)
        return [*(getattr(self, name) for name in topology.hosted()), self.cache, *stores]


def hosted_services(
    topology: Topology, security: SecuritySettings, settings: ServiceSettings | None = None
) -> Sequence[Service]:
    """The services whose flag is off, in start order: what others call comes first."""
    settings = settings or ServiceSettings()
    every = (
        svc_datakernel.setup.service(settings.datakernel),
        svc_embedding.setup.service(settings.embedding, settings.postgres),
        svc_scheduler.setup.service(settings.scheduler),
        svc_events.setup.service(settings.events, settings.nats, settings.postgres),
        svc_api.setup.service(settings.api, security, settings.cache),
    )
    return [service for service in every if topology.is_hosted(service.name)]
