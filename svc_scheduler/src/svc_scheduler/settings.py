"""Settings of the scheduler service."""

from __future__ import annotations

from pathlib import Path

from oms_core.settings import Settings
from pydantic import AliasChoices, Field, SecretStr


class SchedulerSettings(Settings):
    """How jobs are kept and run. Where PostgreSQL and NATS are say `PostgresSettings` and
    `NatsSettings`; without one of the three stores no job runs."""

    redis_url: SecretStr = Field(default=SecretStr(""), validation_alias="REDIS_URL")
    """Redis or Valkey, which keeps who leads and what is due."""
    redis_pool_size: int = Field(default=16, ge=1, le=1000, validation_alias="REDIS_POOL_SIZE")
    """Most connections to Redis."""
    key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("OMS_SCHEDULER_KEY", "JWT_SECRET")
    )
    """What the key that encrypts headers of HTTP targets is derived from. With another one those
    there are can't be read any more. Left out: that of the tokens."""
    lease_s: float = Field(default=5.0, ge=1, le=60, validation_alias="OMS_SCHEDULER_LEASE_S")
    """How long after the leader died another one leads, in seconds."""
    run_lease_s: float = Field(
        default=15.0, ge=2, le=300, validation_alias="OMS_SCHEDULER_RUN_LEASE_S"
    )
    """How long after its worker died a run is taken over, in seconds."""
    capacity: int = Field(default=100, ge=0, le=10_000, validation_alias="OMS_SCHEDULER_CAPACITY")
    """Most runs at once in this process. 0: it works on none."""
    grace_s: float = Field(default=5.0, ge=0, le=3600, validation_alias="OMS_SCHEDULER_GRACE_S")
    """How long runs under way may go on when the process stops, in seconds; then others go on."""
    keep_runs_s: float = Field(
        default=30 * 86400.0, ge=60, validation_alias="OMS_SCHEDULER_KEEP_RUNS_S"
    )
    """How long runs that ended are kept, in seconds."""
    queue_replicas: int = Field(
        default=1, ge=1, le=5, validation_alias="OMS_SCHEDULER_QUEUE_REPLICAS"
    )
    """On how many servers of a NATS cluster the queue of runs lies."""
    export_dir: Path | None = Field(default=None, validation_alias="OMS_SCHEDULER_EXPORT_DIR")
    """Folder that the task `export-snapshot` writes to. Left out: the task is refused."""
