"""Settings of a server, whatever services it hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from oms_core.settings import Environment, Settings
from pydantic import AliasChoices, Field, field_validator, model_validator

from oms_rpc.otlp import otlp_endpoint

MIB = 1024 * 1024


class ServerSettings(Settings):
    """How a server listens, what it allows, and how it stops. Times are in seconds."""

    environment: Environment = Field(default="development", validation_alias="OMS_ENV")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="OMS_LOG_LEVEL"
    )

    # Address to listen on. Reachable from this machine only unless it is set.
    host: str = Field(default="127.0.0.1", validation_alias="OMS_HOST")
    # Port of the first service. 0: a free port for every service.
    port: int | None = Field(default=None, ge=0, le=65535, validation_alias="OMS_PORT")
    # Ports by service name, as JSON; they win over `port`.
    ports: dict[str, int] = Field(default_factory=dict, validation_alias="OMS_PORTS")

    # Largest message in either direction.
    max_message_bytes: int = Field(
        default=64 * MIB, ge=1024, validation_alias="OMS_MAX_MESSAGE_BYTES"
    )
    max_metadata_bytes: int = Field(
        default=16 * 1024, ge=1024, validation_alias="OMS_MAX_METADATA_BYTES"
    )
    # Calls served at once, health left out; one more is answered LIMIT_EXCEEDED.
    max_concurrent_calls: int = Field(
        default=1000, ge=1, validation_alias="OMS_MAX_CONCURRENT_CALLS"
    )

    # How long calls may wait for their turn when more come than can be served. While they wait for
    # longer, a part of them is answered LIMIT_EXCEEDED at once. 0: none is.
    longest_wait_s: float = Field(default=0.5, ge=0, validation_alias="OMS_LONGEST_WAIT_S")

    # How often an idle connection is probed, and how long its answer may take.
    keepalive_s: float = Field(default=60.0, gt=0, validation_alias="OMS_KEEPALIVE_S")
    keepalive_timeout_s: float = Field(
        default=20.0, gt=0, validation_alias="OMS_KEEPALIVE_TIMEOUT_S"
    )
    # The same of connections to other services, where one that has died without a word has to be
    # noticed sooner.
    peer_keepalive_s: float = Field(default=15.0, gt=0, validation_alias="OMS_PEER_KEEPALIVE_S")
    peer_keepalive_timeout_s: float = Field(
        default=10.0, gt=0, validation_alias="OMS_PEER_KEEPALIVE_TIMEOUT_S"
    )
    # How long calls wait for another service that is started again. They are refused at once when
    # it stays away for longer, until it is back. 0: they never wait.
    peer_patience_s: float = Field(default=30.0, ge=0, validation_alias="OMS_PEER_PATIENCE_S")
    # A client that pings more often than this is told to calm down and cut off.
    min_ping_interval_s: float = Field(
        default=10.0, gt=0, validation_alias="OMS_MIN_PING_INTERVAL_S"
    )
    # Closes connections of this age, so that clients spread over new servers. Left out: never.
    max_connection_age_s: float | None = Field(
        default=None, gt=0, validation_alias="OMS_MAX_CONNECTION_AGE_S"
    )

    # Deadline of a call that brings none; endless streams have none then.
    default_deadline_s: float = Field(default=60.0, gt=0, validation_alias="OMS_DEFAULT_DEADLINE_S")
    # Longest deadline a call that answers with a single message may ask for.
    max_deadline_s: float = Field(default=3600.0, gt=0, validation_alias="OMS_MAX_DEADLINE_S")

    # Time between turning NOT_SERVING and refusing calls, for load balancers to notice.
    # Left out: 5 in production, 0 in development.
    drain_wait_s: float | None = Field(default=None, ge=0, validation_alias="OMS_DRAIN_WAIT_S")
    # Longest time that calls in flight get to finish.
    grace_s: float = Field(default=10.0, ge=0, validation_alias="OMS_GRACE_S")

    # Certificate and key of the server; together they turn TLS on.
    tls_cert_file: Path | None = Field(default=None, validation_alias="OMS_TLS_CERT_FILE")
    tls_key_file: Path | None = Field(default=None, validation_alias="OMS_TLS_KEY_FILE")
    # Authority that client certificates have to come from; turns mutual TLS on.
    tls_client_ca_file: Path | None = Field(default=None, validation_alias="OMS_TLS_CLIENT_CA_FILE")
    # Authority of remote peers' certificates; calls to them use TLS when it is set.
    tls_peer_ca_file: Path | None = Field(default=None, validation_alias="OMS_TLS_PEER_CA_FILE")

    # Processes that share the port of a service started alone.
    workers: int = Field(default=1, ge=1, le=64, validation_alias="OMS_WORKERS")
    # Set by the parent of several processes for each of them.
    worker_index: int | None = Field(default=None, ge=0, validation_alias="OMS_WORKER_INDEX")

    reflection: bool = Field(default=True, validation_alias="OMS_REFLECTION")
    # Whether reflection needs no token. Left out: true in development only.
    reflection_public: bool | None = Field(default=None, validation_alias="OMS_REFLECTION_PUBLIC")
    channelz: bool = Field(default=False, validation_alias="OMS_CHANNELZ")
    # Records reads in the audit log too.
    audit_reads: bool = Field(default=False, validation_alias="OMS_AUDIT_READS")
    # How often readiness checks run on their own.
    health_interval_s: float = Field(default=2.0, gt=0, validation_alias="OMS_HEALTH_INTERVAL_S")
    # Longest time a readiness check may take before it counts as failed.
    health_timeout_s: float = Field(default=2.0, gt=0, validation_alias="OMS_HEALTH_TIMEOUT_S")

    telemetry: bool = Field(default=False, validation_alias="ENABLE_TELEMETRY")
    # Where traces go, as `http://host:4317`. Jaeger takes OTLP there; of an address of Jaeger's own
    # protocols the host is taken.
    trace_endpoint: str = Field(
        default="http://localhost:4317",
        validation_alias=AliasChoices("OMS_OTLP_ENDPOINT", "JAEGER_ENDPOINT"),
    )
    # Share of the traces that begin here which are kept, 0 to 1; a caller's decision counts for its
    # own. Left out: as OTEL_TRACES_SAMPLER says, or all.
    trace_sample_ratio: float | None = Field(
        default=None, ge=0, le=1, validation_alias="OMS_TRACE_SAMPLE_RATIO"
    )
    metrics: bool = Field(default=False, validation_alias="PROMETHEUS_METRICS")
    # Port of the Prometheus page; worker n of several uses this port + n.
    metrics_port: int = Field(default=9464, ge=0, le=65535, validation_alias="OMS_METRICS_PORT")

    @field_validator("trace_endpoint")
    @classmethod
    def _check_endpoint(cls, told: str) -> str:
        otlp_endpoint(told)
        return told

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("OMS_TLS_CERT_FILE and OMS_TLS_KEY_FILE have to be set together")
        if self.tls_client_ca_file is not None and self.tls_cert_file is None:
            raise ValueError("OMS_TLS_CLIENT_CA_FILE needs OMS_TLS_CERT_FILE and OMS_TLS_KEY_FILE")
        if self.workers > 1 and (self.port == 0 or 0 in self.ports.values()):
            raise ValueError("OMS_WORKERS above 1 needs fixed ports: set OMS_PORT to one")
        return self

    @property
    def is_reflection_public(self) -> bool:
        """Whether reflection answers without a token."""
        if self.reflection_public is None:
            return self.environment == "development"
        return self.reflection_public

    @property
    def effective_drain_wait_s(self) -> float:
        """The drain wait with its default filled in."""
        if self.drain_wait_s is None:
            return 5.0 if self.environment == "production" else 0.0
        return self.drain_wait_s
