"""Where the suite's data is: what the environment says, and what `make run` keeps by itself."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oms_core.settings import Settings
from oms_nats import NatsSettings
from oms_postgres import PostgresSettings
from pydantic import Field, SecretStr
from svc_datakernel.settings import KernelSettings
from svc_embedding.index_settings import IndexSettings

# Valkey is no store: see docs/operations/backup.md.
_SERVERS: Final = {"postgresql": "DATABASE_URL", "nats": "NATS_URL"}


class BackupSettings(Settings):
    """Where the data directory is."""

    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
    """Directory of everything OMS keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Every store of one suite.

    Attributes:
        own_servers: Names of the servers whose data is in the data directory, too.
    """

    data_dir: Path
    kernel: KernelSettings
    postgres: PostgresSettings
    nats: NatsSettings
    indexes: IndexSettings
    own_servers: frozenset[str] = frozenset()

    @property
    def database_url(self) -> str:
        """Where services keep their records; empty: nowhere."""
        return self.postgres.url.get_secret_value()

    @classmethod
    def of(
        cls, data_dir: Path, urls: Mapping[str, str], own_servers: frozenset[str] = frozenset()
    ) -> Places:
        """Places by the environment, with servers that it does not name."""
        nats, postgres = NatsSettings(), PostgresSettings()
        return cls(
            data_dir=data_dir,
            kernel=KernelSettings().model_copy(update={"data_dir": data_dir}),
            postgres=postgres.model_copy(update={"url": SecretStr(urls.get("DATABASE_URL", ""))}),
            nats=nats.model_copy(update={"url": SecretStr(urls.get("NATS_URL", ""))}),
            indexes=IndexSettings(),
            own_servers=own_servers,
        )


@asynccontextmanager
async def places_in_use(data_dir: Path) -> AsyncGenerator[Places]:
    """The stores of a suite, which may be running. Those of its own servers that don't are started.

    Raises:
        DevstackError: a server could not be started.
    """
    given = _given()
    own = {name for name, variable in _SERVERS.items() if variable not in given}
    own = {name for name in own if (data_dir / name / "port").is_file()}
    if not own:
        yield Places.of(data_dir, given)
        return
    from oms_devstack import DataDirInUse, kept_urls, running_stack

    try:
        # One that runs is not waited for.
        async with running_stack(data_dir, given=given, only=own, leftover_timeout_s=0) as stack:
            yield Places.of(data_dir, stack.urls, frozenset(own))
    except DataDirInUse:
        yield Places.of(data_dir, {**kept_urls(data_dir), **given}, frozenset(own))


@asynccontextmanager
async def new_places(data_dir: Path) -> AsyncGenerator[Places]:
    """The stores of a suite that does not run. Servers that the environment does not name are
    started, and found again by `make run`, where they are installed.

    Raises:
        DevstackError: the data directory is in use, or a server could not be started.
    """
    given = _given()
    own = frozenset(name for name, variable in _SERVERS.items() if variable not in given)
    try:
        from oms_devstack import running_stack
    except ModuleNotFoundError:
        yield Places.of(data_dir, given)
        return
    async with running_stack(data_dir, given=given, only=own) as stack:
        yield Places.of(data_dir, stack.urls, own)


def _given() -> dict[str, str]:
    return {name: os.environ[name] for name in _SERVERS.values() if os.environ.get(name)}
