"""Settings of the gateway."""

from __future__ import annotations

from typing import Self

from oms_core.settings import Environment, Settings
from oms_rpc.otlp import otlp_endpoint
from pydantic import AliasChoices, Field, field_validator, model_validator


class GatewaySettings(Settings):
    """What the rendered configuration may vary in.

    Ports of 0 keep a listener closed. Times are in seconds, sizes in bytes.
    """

    environment: Environment = Field(default="development", validation_alias="OMS_ENV")
    # Address that every listener is bound to. Reachable from this machine only unless it is set.
    bind_address: str = Field(default="127.0.0.1", validation_alias="OMS_GATEWAY_BIND_ADDRESS")
    # Port on which everything is offered.
    api_port: int = Field(default=8000, ge=0, le=65535, validation_alias="OMS_GATEWAY_PORT")
    # Port of the embedding service alone.
    embedding_port: int = Field(
        default=8001, ge=0, le=65535, validation_alias="OMS_GATEWAY_EMBEDDING_PORT"
    )
    # Port of the scheduler alone.
    scheduler_port: int = Field(
        default=8002, ge=0, le=65535, validation_alias="OMS_GATEWAY_SCHEDULER_PORT"
    )
    # Port of the event gateway alone.
    events_port: int = Field(
        default=8003, ge=0, le=65535, validation_alias="OMS_GATEWAY_EVENTS_PORT"
    )
    # Port of the data kernel alone.
    datakernel_port: int = Field(
        default=8080, ge=0, le=65535, validation_alias="OMS_GATEWAY_DATAKERNEL_PORT"
    )
    # Port of GraphQL over HTTP.
    graphql_port: int = Field(
        default=8006, ge=0, le=65535, validation_alias="OMS_GATEWAY_GRAPHQL_PORT"
    )
    # Port of GraphQL over WebSocket.
    graphql_ws_port: int = Field(
        default=8004, ge=0, le=65535, validation_alias="OMS_GATEWAY_GRAPHQL_WS_PORT"
    )
    # Envoy's own statistics, on loopback only. 0: closed.
    admin_port: int = Field(default=0, ge=0, le=65535, validation_alias="OMS_GATEWAY_ADMIN_PORT")
    # Comma-separated origins such as `https://oms.example.com` whose pages may call the API.
    # Empty: pages on localhost in development, none in production.
    cors_origins: str = Field(default="", validation_alias="OMS_GATEWAY_CORS_ORIGINS")
    # PEM file with the certificate, then those of its authorities. Turns TLS on.
    tls_certificate_file: str = Field(
        default="", validation_alias="OMS_GATEWAY_TLS_CERTIFICATE_FILE"
    )
    # PEM file with the certificate's key.
    tls_key_file: str = Field(default="", validation_alias="OMS_GATEWAY_TLS_KEY_FILE")
    # Proxies in front of the gateway whose `x-forwarded-for` is believed.
    trusted_hops: int = Field(default=0, ge=0, le=16, validation_alias="OMS_GATEWAY_TRUSTED_HOPS")
    # Largest JSON request; it is held in memory as a whole. Uploads that stream have the service's
    # own limit.
    max_request_bytes: int = Field(
        default=32 * 2**20, ge=1024, validation_alias="OMS_GATEWAY_MAX_REQUEST_BYTES"
    )
    # Largest JSON answer; it is held in memory as a whole.
    max_response_bytes: int = Field(
        default=64 * 2**20, ge=1024, validation_alias="OMS_GATEWAY_MAX_RESPONSE_BYTES"
    )
    # Connections of clients at once, over all ports.
    max_connections: int = Field(
        default=10_000, ge=1, validation_alias="OMS_GATEWAY_MAX_CONNECTIONS"
    )
    # Calls at once to each service, and calls that wait for a connection to it.
    max_requests: int = Field(default=4096, ge=1, validation_alias="OMS_GATEWAY_MAX_REQUESTS")
    # How long calls wait for a service that is started again, and for how long it has to be gone
    # before they are refused at once.
    hold_s: float = Field(default=30.0, ge=1, le=600, validation_alias="OMS_GATEWAY_HOLD_S")
    # Longest a call that does not stream may take when it brings no deadline, and the longest
    # deadline it may bring. A service's own limits are shorter or equal and answer first.
    unary_timeout_s: float = Field(
        default=120.0, gt=0, validation_alias="OMS_GATEWAY_UNARY_TIMEOUT_S"
    )
    max_deadline_s: float = Field(
        default=3600.0, gt=0, validation_alias="OMS_GATEWAY_MAX_DEADLINE_S"
    )
    # Longest silence on a call that streams. It has no other limit of time.
    stream_idle_timeout_s: float = Field(
        default=3600.0, gt=0, validation_alias="OMS_GATEWAY_STREAM_IDLE_TIMEOUT_S"
    )
    # One JSON line a request to stdout. The services log each call anyway.
    access_log: bool = Field(default=False, validation_alias="OMS_GATEWAY_ACCESS_LOG")

    # A span of each request that is sampled, sent to where the services send theirs.
    telemetry: bool = Field(default=False, validation_alias="ENABLE_TELEMETRY")
    # Where traces go, as for the services.
    trace_endpoint: str = Field(
        default="http://localhost:4317",
        validation_alias=AliasChoices("OMS_OTLP_ENDPOINT", "JAEGER_ENDPOINT"),
    )
    # Share of the traces that begin here which are kept, 0 to 1; a caller's decision counts for its
    # own. The services keep what the gateway keeps.
    trace_sample_ratio: float = Field(
        default=1.0, ge=0, le=1, validation_alias="OMS_TRACE_SAMPLE_RATIO"
    )

    @field_validator("trace_endpoint")
    @classmethod
    def _check_endpoint(cls, told: str) -> str:
        otlp_endpoint(told)
        return told

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if bool(self.tls_certificate_file) != bool(self.tls_key_file):
            raise ValueError(
                "OMS_GATEWAY_TLS_CERTIFICATE_FILE and OMS_GATEWAY_TLS_KEY_FILE: set both or neither"
            )
        return self

    def port(self, service: str) -> int:
        """The port of a service's listener; 0 when it stays closed."""
        return int(getattr(self, f"{service}_port"))

    def origins(self) -> tuple[str, ...]:
        """The origins of `cors_origins`."""
        return tuple(o for o in (part.strip() for part in self.cors_origins.split(",")) if o)
