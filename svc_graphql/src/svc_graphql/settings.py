"""Settings of the GraphQL service."""

from __future__ import annotations

from pathlib import Path

from oms_core.settings import Environment, Settings
from pydantic import Field


class GraphqlSettings(Settings):
    """How GraphQL is served and what a request may ask for. Times are in seconds."""

    environment: Environment = Field(default="development", validation_alias="OMS_ENV")
    host: str = Field(default="127.0.0.1", validation_alias="OMS_HOST")
    """Address to listen on. Reachable from this machine only unless it is set."""
    port: int = Field(default=8016, ge=0, le=65535, validation_alias="OMS_GRAPHQL_HTTP_PORT")
    """Port for HTTP and WebSocket, behind the gateway's 8006 and 8004. 0: any that is free."""
    workers: int = Field(default=1, ge=1, le=64, validation_alias="OMS_WORKERS")
    """Processes that share the port of the service started alone."""
    grace_s: float = Field(default=5.0, ge=0, le=3600, validation_alias="OMS_GRAPHQL_GRACE_S")
    """How long requests under way may go on when the process stops."""
    warm_up_s: float = Field(default=10.0, ge=0, le=3600, validation_alias="OMS_GRAPHQL_WARM_UP_S")
    """When after the start the schema is built, if no request needed it before."""
    timeout_s: float = Field(default=30.0, gt=0, le=3600, validation_alias="OMS_GRAPHQL_TIMEOUT_S")
    """Longest a query or a mutation may take."""
    introspection_public: bool | None = Field(
        default=None, validation_alias="OMS_GRAPHQL_INTROSPECTION_PUBLIC"
    )
    """Whether introspection needs no permission. Left out: in development only."""
    page: bool = Field(default=True, validation_alias="OMS_GRAPHQL_PAGE")
    """Whether a browser that opens the endpoint gets a page to try queries on."""

    max_body_bytes: int = Field(
        default=2**20, ge=1024, validation_alias="OMS_GRAPHQL_MAX_BODY_BYTES"
    )
    """Largest request over HTTP, and largest message over WebSocket."""
    max_batch: int = Field(default=1, ge=1, le=100, validation_alias="OMS_GRAPHQL_MAX_BATCH")
    """Most operations in one HTTP request. 1: batches are refused."""
    max_tokens: int = Field(default=5_000, ge=10, validation_alias="OMS_GRAPHQL_MAX_TOKENS")
    """Most lexical tokens of a document."""
    max_depth: int = Field(default=15, ge=1, le=100, validation_alias="OMS_GRAPHQL_MAX_DEPTH")
    """Deepest nesting of fields."""
    max_aliases: int = Field(default=50, ge=0, validation_alias="OMS_GRAPHQL_MAX_ALIASES")
    """Most aliased fields of an operation, fragments counted where they are used."""
    max_cost: int = Field(default=50_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_COST")
    """Highest cost of an operation: see docs/graphql for how it is counted."""
    max_objects: int = Field(default=100_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_OBJECTS")
    """Most objects in one response of an ontology's schema, counted as often as they are there."""
    max_schema_types: int = Field(
        default=30_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_SCHEMA_TYPES"
    )
    """Most types of all the schemas of ontologies that are kept, at about 8 KiB each; the last one
    is kept always. An ontology has about 16 for each of its object types."""
    documents_file: Path | None = Field(default=None, validation_alias="OMS_GRAPHQL_DOCUMENTS_FILE")
    """JSON file of trusted documents: an object of texts by id."""
    documents_only: bool = Field(default=False, validation_alias="OMS_GRAPHQL_DOCUMENTS_ONLY")
    """Whether nothing but those trusted documents is executed."""

    init_timeout_s: float = Field(
        default=10.0, gt=0, le=600, validation_alias="OMS_GRAPHQL_INIT_TIMEOUT_S"
    )
    """How long a WebSocket may take to say `connection_init`."""
    keepalive_s: float = Field(default=25.0, gt=0, validation_alias="OMS_GRAPHQL_KEEPALIVE_S")
    """How often a connection without traffic is probed."""
    expiry_notice_s: float = Field(
        default=60.0, ge=0, validation_alias="OMS_GRAPHQL_EXPIRY_NOTICE_S"
    )
    """How long before its token expires a session is told."""
    max_operations: int = Field(
        default=100, ge=1, validation_alias="OMS_GRAPHQL_MAX_SESSION_OPERATIONS"
    )
    """Most operations of one session at once."""
    max_sessions: int = Field(default=20_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_SESSIONS")
    """Most sessions in this process."""
    max_caller_sessions: int = Field(
        default=1_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_CALLER_SESSIONS"
    )
    """Most sessions of one caller in this process."""
    max_queued: int = Field(default=1_000, ge=1, validation_alias="OMS_GRAPHQL_MAX_QUEUED")
    """Most events that wait for a slow subscriber; with one more its subscription ends."""
    stalled_s: float = Field(default=30.0, gt=0, validation_alias="OMS_GRAPHQL_STALLED_S")
    """How long a client may read nothing before its connection is cut."""

    @property
    def is_introspection_public(self) -> bool:
        """Whether anybody may look at the schema."""
        if self.introspection_public is None:
            return self.environment == "development"
        return self.introspection_public
