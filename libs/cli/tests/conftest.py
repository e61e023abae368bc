from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result
from oms_cli.main import oms
from oms_devstack import running_stack
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, RunningServer, ServerSettings, Topology, serving
from oms_security import (
    Delegation,
    SecuritySettings,
    TokenAuthenticator,
    TokenIssuer,
    ensure_administrator,
)
from pydantic import SecretStr
from svc_api.settings import ApiSettings
from svc_api.setup import service as api_service
from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service as kernel_service
from svc_events.settings import EventSettings
from svc_events.setup import service as event_service
from svc_events.webhook_settings import WebhookSettings
from svc_scheduler.settings import SchedulerSettings
from svc_scheduler.setup import service as scheduler_service


@dataclass(frozen=True)
class Server:
    """A server that runs in a thread, with what a test needs of its data directory."""

    target: str
    data_dir: Path
    issuer: TokenIssuer


class Oms:
    """Runs the command as a user of its own, with folders of its own."""

    def __init__(self, server: Server, home: Path) -> None:
        self.server = server
        self.home = home
        self.environment: dict[str, str | None] = {
            "OMS_TARGET": server.target,
            "OMS_DATA_DIR": str(server.data_dir),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            **dict.fromkeys(("OMS_TOKEN", "OMS_API_KEY_FILE", "OMS_ONTOLOGY", "OMS_TLS", "OMS_CA")),
        }

    def run(self, *arguments: str, stdin: str | bytes = "") -> Result:
        """Runs it to its end, whatever that is."""
        result = CliRunner().invoke(oms, arguments, input=stdin, env=self.environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> str:
        """Runs it and returns what it prints; it has to succeed."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, stdin: str | bytes = "") -> Any:
        """Runs it and reads the JSON it prints."""
        return json.loads(self(*arguments, "--output", "json", stdin=stdin))


def _silence_logs() -> None:
    """The server's log would end up in what the command prints."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(autouse=True)
def silenced_logs() -> Iterator[None]:
    """For one test at a time: others of the same process look at their logs."""
    _silence_logs()
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = tmp_path_factory.mktemp("data")
    ensure_administrator(data_dir)
    settings = SecuritySettings(jwt_secret=(data_dir / "jwt_secret").read_text())
    issuer = TokenIssuer(settings)

    process = Process(
        services=[
            kernel_service(KernelSettings(data_dir=data_dir)),
            api_service(ApiSettings(data_dir=data_dir), settings),
        ],
        server=ServerSettings(port=0),
        topology=Topology(),
        authenticator=TokenAuthenticator(settings),
        credentials=Delegation(issuer),
    )
    _silence_logs()
    with running(lambda: serving(process)) as port:
        yield Server(f"127.0.0.1:{port}", data_dir, issuer)


@pytest.fixture(scope="module")
def event_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the event service alone, on servers of its own."""
    data_dir = tmp_path_factory.mktemp("events")
    settings = SecuritySettings(jwt_secret=SecretStr(secrets.token_urlsafe(48)))
    _silence_logs()
    with running(lambda: _serving_events(data_dir, settings)) as port:
        yield Server(f"127.0.0.1:{port}", data_dir, TokenIssuer(settings))


@asynccontextmanager
async def _serving_events(folder: Path, security: SecuritySettings) -> AsyncIterator[RunningServer]:
    only = {"nats", "postgresql"}
    async with running_stack(folder, only=only, is_durable=False) as stack:
        events = event_service(
            EventSettings(),
            NatsSettings(url=SecretStr(stack.urls["NATS_URL"])),
            PostgresSettings(url=SecretStr(stack.urls["DATABASE_URL"])),
            webhooks=WebhookSettings(key=SecretStr(secrets.token_urlsafe(48))),
            outbound=OutboundSettings(allow_http=True, private_networks="127.0.0.0/8"),
        )
        process = Process(
            services=[events],
            server=ServerSettings(port=0),
            topology=Topology(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
        )
        async with serving(process) as server:
            yield server


@pytest.fixture(scope="module")
def scheduler_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the scheduler alone, on servers of its own."""
    data_dir = tmp_path_factory.mktemp("scheduler")
    settings = SecuritySettings(jwt_secret=SecretStr(secrets.token_urlsafe(48)))
    _silence_logs()
    with running(lambda: _serving_scheduler(data_dir, settings)) as port:
        yield Server(f"127.0.0.1:{port}", data_dir, TokenIssuer(settings))


@asynccontextmanager
async def _serving_scheduler(
    folder: Path, security: SecuritySettings
) -> AsyncIterator[RunningServer]:
    async with running_stack(folder, is_durable=False) as stack:
        scheduler = scheduler_service(
            # Leases that outlast any stall of a busy machine.
            SchedulerSettings(
                redis_url=SecretStr(stack.urls["REDIS_URL"]), lease_s=60, run_lease_s=30
            ),
            security,
            NatsSettings(url=SecretStr(stack.urls["NATS_URL"])),
            PostgresSettings(url=SecretStr(stack.urls["DATABASE_URL"])),
            outbound=OutboundSettings(),
        )
        process = Process(
            services=[scheduler],
            server=ServerSettings(port=0),
            topology=Topology(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
        )
        async with serving(process) as server:
            yield server


class running:
    """Runs a server in a thread, as the command is synchronous; gives its port."""

    def __init__(self, serve: Callable[[], AbstractAsyncContextManager[RunningServer]]) -> None:
        self._serving = serve
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._stop: Callable[[], object] = lambda: None
        self._port = 0

    def __enter__(self) -> int:
        self._thread.start()
        assert self._started.wait(60)
        assert self._port, "the server did not start"
        return self._port

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._thread.join(60)

    async def _serve(self) -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopping.set)
        try:
            async with self._serving() as running_server:
                self._port = running_server.port
                self._started.set()
                await stopping.wait()
        finally:
            self._started.set()


@pytest.fixture
def cli(server: Server, tmp_path: Path) -> Oms:
    return Oms(server, tmp_path)


@pytest.fixture
def events_cli(event_server: Server, tmp_path: Path) -> Oms:
    """The command as somebody who may everything at the event service."""
    oms = Oms(event_server, tmp_path)
    token = event_server.issuer.issue("tester", roles=["administrator"]).token
    oms.environment["OMS_TOKEN"] = token
    return oms


@pytest.fixture
def scheduler_cli(scheduler_server: Server, tmp_path: Path) -> Oms:
    """The command as somebody who may everything at the scheduler."""
    oms = Oms(scheduler_server, tmp_path)
    token = scheduler_server.issuer.issue("tester", roles=["administrator"]).token
    oms.environment["OMS_TOKEN"] = token
    return oms
