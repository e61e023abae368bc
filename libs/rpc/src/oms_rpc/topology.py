"""Which services there are, where each listens, and which of them are moved out of the monolith."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oms_core.settings import Settings
from pydantic import Field


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """One row of the table of services.

    `flag` is empty for a service that is never moved out. `packages` are the proto
    packages that the service alone implements. `http_port` is where it serves HTTP of its own,
    behind the gateway; 0: it serves gRPC alone.
    """

    name: str
    port: int
    flag: str
    address_variable: str
    default_address: str
    packages: tuple[str, ...]
    http_port: int = 0


SERVICES: tuple[ServiceEntry, ...] = (
    ServiceEntry(
        "api",
        50050,
        "",
        "OMS_API_ADDR",
        "api-service:50050",
        ("oms.ontology.v1", "oms.object.v1", "oms.identity.v1", "oms.audit.v1"),
    ),
    ServiceEntry(
        "datakernel",
        50051,
        "USE_DATA_KERNEL_GATEWAY",
        "DATA_KERNEL_ADDR",
        "data-kernel:50051",
        ("oms.datakernel.v1",),
    ),
    ServiceEntry(
        "embedding",
        50055,
        "USE_EMBEDDING_MS",
        "EMBEDDING_SERVICE_ADDR",
        "embedding-service:50055",
        ("oms.embedding.v1",),
    ),
    ServiceEntry(
        "scheduler",
        50056,
        "USE_SCHEDULER_MS",
        "SCHEDULER_SERVICE_ADDR",
        "scheduler-service:50056",
        ("oms.scheduler.v1",),
    ),
    ServiceEntry(
        "events",
        50057,
        "USE_EVENT_GATEWAY",
        "EVENT_GATEWAY_ADDR",
        "event-gateway:50057",
        ("oms.event.v1",),
    ),
    # Implements no package: it shows those of the others as GraphQL.
    ServiceEntry("graphql", 50060, "", "OMS_GRAPHQL_ADDR", "graphql-service:50060", (), 8016),
)


class TopologySettings(Settings):
    """The flags and addresses as the environment gives them."""

    use_data_kernel_gateway: bool = Field(default=False, validation_alias="USE_DATA_KERNEL_GATEWAY")
    use_embedding_ms: bool = Field(default=False, validation_alias="USE_EMBEDDING_MS")
    use_scheduler_ms: bool = Field(default=False, validation_alias="USE_SCHEDULER_MS")
    use_event_gateway: bool = Field(default=False, validation_alias="USE_EVENT_GATEWAY")
    api_address: str = Field(default="api-service:50050", validation_alias="OMS_API_ADDR")
    data_kernel_address: str = Field(
        default="data-kernel:50051", validation_alias="DATA_KERNEL_ADDR"
    )
    embedding_address: str = Field(
        default="embedding-service:50055", validation_alias="EMBEDDING_SERVICE_ADDR"
    )
    scheduler_address: str = Field(
        default="scheduler-service:50056", validation_alias="SCHEDULER_SERVICE_ADDR"
    )
    event_gateway_address: str = Field(
        default="event-gateway:50057", validation_alias="EVENT_GATEWAY_ADDR"
    )
    graphql_address: str = Field(
        default="graphql-service:50060", validation_alias="OMS_GRAPHQL_ADDR"
    )


@dataclass(frozen=True, slots=True)
class Topology:
    """The table of services with what this deployment changes about it.

    Args:
        moved_out: Names of the services that run on their own.
        addresses: `host:port` by service name, for those not at their default address.
    """

    moved_out: frozenset[str] = frozenset()
    addresses: Mapping[str, str] | None = None

    @classmethod
    def from_environment(cls) -> Topology:
        """Reads the flags and the address variables."""
        return cls.from_settings(TopologySettings())

    @classmethod
    def from_settings(cls, settings: TopologySettings) -> Topology:
        """Builds a topology out of settings that were read already."""
        values = {
            str(field.validation_alias): getattr(settings, name)
            for name, field in TopologySettings.model_fields.items()
        }
        return cls(
            moved_out=frozenset(e.name for e in SERVICES if e.flag and values[e.flag]),
            addresses={e.name: values[e.address_variable] for e in SERVICES},
        )

    def is_hosted(self, service: str) -> bool:
        """Whether the monolith hosts the service itself.

        Raises:
            UnknownService: there is no service of that name.
        """
        return entry(service).name not in self.moved_out

    def hosted(self) -> tuple[str, ...]:
        """Names of the services that the monolith hosts, in the order of the table."""
        return tuple(e.name for e in SERVICES if e.name not in self.moved_out)

    def address(self, service: str) -> str:
        """Where a service is reached over the network, as `host:port`.

        Raises:
            UnknownService: there is no service of that name.
        """
        row = entry(service)
        return (self.addresses or {}).get(service, row.default_address)


class UnknownService(LookupError):
    """A service name or proto package that the table does not hold; a defect of the program."""


def entry(service: str) -> ServiceEntry:
    """The row of a service.

    Raises:
        UnknownService: there is no service of that name.
    """
    for row in SERVICES:
        if row.name == service:
            return row
    known = ", ".join(row.name for row in SERVICES)
    raise UnknownService(f"there is no service {service!r}; known are {known}")


def owner_of(package: str) -> ServiceEntry:
    """The service that implements a proto package, such as `oms.ontology.v1`.

    Raises:
        UnknownService: no service does.
    """
    for row in SERVICES:
        if package in row.packages:
            return row
    raise UnknownService(f"no service implements the proto package {package!r}")
