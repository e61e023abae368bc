"""Running suites in both topologies, and ways to call them."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwt
from oms.common.v1.error_reason_pb2 import ErrorReason
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import branch_service_pb2 as kernel_branches
from oms.datakernel.v1 import commit_service_pb2 as commits
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.ontology.v1 import branch_service_pb2 as branches
from oms.ontology.v1 import change_set_service_pb2 as change_sets
from oms.ontology.v1 import interface_service_pb2 as interfaces
from oms.ontology.v1 import link_type_service_pb2 as link_types
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms.ontology.v1 import revision_service_pb2 as revisions
from oms_devstack import LOOPBACK, free_port
from oms_monolith.launch import Launched, launched
from oms_rpc import SERVICES
from oms_security import SecuritySettings, TokenIssuer
from oms_testing.e2e import Api, ApiError, Endpoint, GrpcApi, RestApi
from oms_testing.e2e_process import ServiceProcess, clean_environment
from oms_testing.effort import is_thorough
from pydantic import SecretStr

_START_S = 90.0
_OWN_PROCESSES = ("datakernel", "embedding", "scheduler")
_HTTP_STATUS = {
    "INVALID_ARGUMENT": {400},
    "UNAUTHENTICATED": {401},
    "PERMISSION_DENIED": {403},
    "NOT_FOUND": {404},
    "ALREADY_EXISTS": {409},
    "ABORTED": {409},
    "FAILED_PRECONDITION": {400},
    "RESOURCE_EXHAUSTED": {413, 414, 429, 431},
    "UNIMPLEMENTED": {404, 501},
    "UNAVAILABLE": {503},
    "DEADLINE_EXCEEDED": {504},
    "INTERNAL": {500},
}
_REASONS = frozenset(ErrorReason.keys())
# As in the root's conftest.py, which gives the tests of each to a process of their own.
_TOPOLOGY = re.compile(r"^tests/e2e/.*\[(?:\w+-)?(monolith|split)\b")
_SECOND_WAY = re.compile(
    r"^tests/e2e/test_(?:bad_requests|bad_uploads|bad_credentials|transfer)\.py::.*"
    r"\[(?:grpc-split|rest-monolith)\b"
)
_LEAKS = ("Traceback", 'File "', "/src/", ".py", "sqlite", "Exception", " at 0x")


@dataclass(frozen=True)
class Suite:
    """A running suite.

    Attributes:
        endpoint: Where it answers, with an administrator's token.
        ports: `host:port` of gRPC by service name.
        listeners: URL of the gateway's listeners by service name.
        metrics: Pages for Prometheus by process.
        data_dir: Its data directory.
        public_key_pem: A public key; the suite's own when it verifies with one.
        sign: Signs claims as the suite's own tokens are signed.
        otlp_port: Where it sends its traces over gRPC; whoever wants them listens there.
    """

    endpoint: Endpoint
    ports: dict[str, str]
    listeners: dict[str, str]
    metrics: dict[str, str]
    data_dir: Path
    public_key_pem: bytes
    sign: Callable[[dict[str, Any]], str]
    otlp_port: int

    @property
    def api_key(self) -> str:
        """The administrator's API key."""
        content = json.loads((self.data_dir / "administrator.json").read_text())
        return str(content["api_key"])


class Suites:
    """Starts each topology at the first wish and keeps it while tests use it.

    The suites live on an event loop of their own, in a thread: a test's loop ends with the test.
    `monolith` has every service in one process and signs tokens with a shared secret; `split`
    has the data kernel, the embedding service and the scheduler as processes of their own and
    signs with a private key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.otlp_port = free_port()
        self._suites: dict[str, Suite] = {}
        self._launched: dict[str, Launched] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()

    def get(self, topology: str) -> Suite:
        """The suite of a topology, started if need be."""
        if topology not in self._suites:
            starting = asyncio.run_coroutine_threadsafe(self._start(topology), self._loop)
            self._suites[topology] = starting.result(_START_S)
        return self._suites[topology]

    async def _start(self, topology: str) -> Suite:
        folder = Path(mkdtemp(prefix=topology, dir=self._folder))
        pair = _key_pair(folder)
        is_split = topology == "split"
        environment = {
            **clean_environment(),
            "OMS_HEALTH_INTERVAL_S": "5",
            "PROMETHEUS_METRICS": "true",
            # A machine with much to do takes long to start a service again.
            "OMS_GATEWAY_HOLD_S": "120",
            "OMS_PEER_PATIENCE_S": "120",
            # Those of the tests of search alone: embedding all would slow the others down.
            "OMS_EMBEDDING_SEARCH_ONTOLOGIES": "search-*",
            # Nothing is traced but what a caller asks for, and nobody listens but who looks for it.
            "ENABLE_TELEMETRY": "true",
            "OMS_TRACE_SAMPLE_RATIO": "0",
            "OMS_OTLP_ENDPOINT": f"http://{LOOPBACK}:{self.otlp_port}",
            # For webhooks that a test receives itself.
            "OMS_OUTBOUND_ALLOW_HTTP": "true",
            "OMS_OUTBOUND_PRIVATE_NETWORKS": f"{LOOPBACK}/32",
        }
        if is_split:
            environment |= {
                "JWT_ALGORITHM": "RS256",
                "OMS_JWT_PUBLIC_KEY_FILE": str(pair.public),
                "OMS_JWT_PRIVATE_KEY_FILE": str(pair.private),
            }
        suite = await self._stack.enter_async_context(
            launched(
                folder / "data",
                environment=environment,
                own_processes=_OWN_PROCESSES if is_split else (),
                is_durable=False,
            )
        )
        self._launched[topology] = suite
        return _describe(suite, pair, is_split=is_split, otlp_port=self.otlp_port)

    async def restart(self, topology: str, process: str) -> None:
        """Ends a process of a suite in good order and starts it again, such as `monolith`."""
        restarting = self._launched[topology].restart(process)
        future = asyncio.run_coroutine_threadsafe(_run(restarting), self._loop)
        await asyncio.wrap_future(future)

    def stop(self) -> None:
        """Stops what was started; who asks for it gets another one."""
        if self._loop.is_closed():
            return  # the last test of all has ended
        self._suites.clear()
        closing = asyncio.run_coroutine_threadsafe(self._stack.aclose(), self._loop)
        closing.result(_START_S)

    def close(self) -> None:
        """Stops what was started, and the thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _run(work: Awaitable[None]) -> None:
    await work


_SUITES = pytest.StashKey[Suites]()


@dataclass(frozen=True)
class _KeyPair:
    private: Path
    public: Path


def _key_pair(folder: Path) -> _KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pair = _KeyPair(folder / "private.pem", folder / "public.pem")
    pair.private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    pair.public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return pair


def _describe(suite: Launched, pair: _KeyPair, *, is_split: bool, otlp_port: int) -> Suite:
    if is_split:
        key, algorithm = pair.private.read_text(), "RS256"
        settings = SecuritySettings(
            jwt_algorithm="RS256",
            jwt_public_key_file=pair.public,
            jwt_private_key_file=pair.private,
        )
    else:
        key, algorithm = suite.secrets.jwt_secret, "HS256"
        settings = SecuritySettings(jwt_secret=SecretStr(key))
    token = TokenIssuer(settings).issue("tester", roles=["administrator"], ttl=timedelta(hours=2))
    return Suite(
        endpoint=Endpoint(
            suite.grpc_target,
            suite.rest_url,
            token.token,
            addresses={name: suite.grpc_targets[name] for name in _OWN_PROCESSES},
        ),
        ports=dict(suite.grpc_targets),
        listeners=dict(suite.http_urls),
        metrics=dict(suite.metrics_urls),
        data_dir=suite.folder,
        public_key_pem=pair.public.read_bytes(),
        otlp_port=otlp_port,
        sign=lambda claims: str(jwt.encode(claims, key, algorithm=algorithm)),
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Runs the files that take longest over one protocol in each topology; with more effort, over
    each protocol in each topology."""
    if not is_thorough():
        left_out = [item for item in items if _SECOND_WAY.match(item.nodeid)]
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stops the suites when the tests that use them are over: there is work for their processors.

    A fixture's scope can't say that. Tests in several topologies follow one another.
    """
    suites = item.session.stash.get(_SUITES, None)
    if suites is not None and not (nextitem and _TOPOLOGY.match(nextitem.nodeid)):
        suites.stop()


@pytest.fixture(scope="session")
def suites(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Suites]:
    """Both topologies, each started when it is first asked for."""
    started = Suites(tmp_path_factory.mktemp("suites"))
    request.session.stash[_SUITES] = started
    yield started
    started.close()


@pytest.fixture(params=["monolith", "split"])
def suite(request: pytest.FixtureRequest, suites: Suites) -> Suite:
    """A running suite, in each topology."""
    return suites.get(request.param)


@pytest.fixture(params=["grpc", "rest"])
async def api(request: pytest.FixtureRequest, suite: Suite) -> AsyncIterator[Api]:
    """An administrator's calls to a suite, over each protocol."""
    kind = GrpcApi if request.param == "grpc" else RestApi
    async with kind(suite.endpoint) as opened:
        yield opened


def _check(error: ApiError) -> ApiError:
    if error.code != "INTERNAL" or error.metadata:
        assert error.domain == "oms", error
        assert f"ERROR_REASON_{error.reason}" in _REASONS, error
    assert error.message
    for leak in _LEAKS:
        assert leak not in error.text, f"{leak!r} leaked: {error.text}"
    if error.http_status:
        assert error.http_status in _HTTP_STATUS[error.code], error
    assert error.code != "RESOURCE_EXHAUSTED" or error.http_status or error.has_retry_info
    return error


@pytest.fixture
def check() -> Callable[[ApiError], ApiError]:
    """Makes sure that an error is typed, documented, leaks nothing and has a fitting status."""
    return _check


@pytest.fixture
def failing() -> Callable[[Awaitable[Any]], Awaitable[ApiError]]:
    """Awaits a call that has to fail, and checks its error as `check` does."""

    async def wait(call: Awaitable[Any]) -> ApiError:
        with pytest.raises(ApiError) as caught:
            await call
        return _check(caught.value)

    return wait


@pytest.fixture
def ontology_id() -> str:
    """An id that no other test uses."""
    return f"e2e-{secrets.token_hex(6)}"


@asynccontextmanager
async def _calls(suite: Suite) -> AsyncIterator[Api]:
    async with GrpcApi(suite.endpoint) as opened:
        yield opened


@pytest.fixture
async def ontology(suite: Suite, ontology_id: str) -> AsyncIterator[str]:
    """The name of an empty ontology."""
    name = f"ontologies/{ontology_id}"
    async with _calls(suite) as calls:
        await calls(ontologies.CreateOntologyRequest(ontology_id=ontology_id))
        yield name
        await calls(ontologies.DeleteOntologyRequest(name=name))


@pytest.fixture
async def database(suite: Suite, ontology_id: str) -> AsyncIterator[str]:
    """The name of an empty kernel database."""
    name = f"databases/{ontology_id}"
    async with _calls(suite) as calls:
        await calls(databases.CreateDatabaseRequest(database_id=ontology_id))
        yield name
        await calls(databases.DeleteDatabaseRequest(name=name))


@pytest.fixture
async def sealed_ontology(suite: Suite, ontology: str) -> AsyncIterator[str]:
    """An ontology that has to be as it was when the test has ended.

    It has the object types Animal and Lion (a child of Animal), the interface Named, the link
    type eats, and a branch dev with one commit of its own.
    """
    async with _calls(suite) as calls:
        await calls(change_sets.ApplyChangeSetRequest(parent=ontology, changes=_zoo(ontology)))
        await calls(branches.CreateBranchRequest(parent=ontology, branch_id="dev"))
        await calls(
            object_types.CreateObjectTypeRequest(
                parent=ontology,
                object_type_id="Cub",
                object_type=object_types.ObjectType(parents=["Lion"]),
                branch="dev",
            )
        )
        before = await _ontology_state(calls, ontology)
        yield ontology
        assert await _ontology_state(calls, ontology) == before


def _zoo(ontology: str) -> list[change_sets.Change]:
    elements = [
        change_sets.Element(object_type=object_types.ObjectType(name="objectTypes/Animal")),
        change_sets.Element(
            object_type=object_types.ObjectType(name="objectTypes/Lion", parents=["Animal"])
        ),
        change_sets.Element(interface=interfaces.Interface(name="interfaces/Named")),
        change_sets.Element(
            link_type=link_types.LinkType(name="linkTypes/eats", source_types=["Animal"])
        ),
    ]
    for element in elements:
        inner = getattr(element, element.WhichOneof("kind"))
        inner.name = f"{ontology}/{inner.name}"
    return [change_sets.Change(create=element) for element in elements]


async def _ontology_state(calls: Api, name: str) -> list[Any]:
    listed = await calls(branches.ListBranchesRequest(parent=name))
    logs = [
        await calls(
            revisions.ListCommitsRequest(
                parent=name, revision=Revision(commit=branch.head_commit), page_size=1000
            )
        )
        for branch in listed.branches
    ]
    known = await calls(ontologies.ListOntologiesRequest(page_size=1000))
    return [listed, logs, name in [entry.name for entry in known.ontologies]]


@pytest.fixture
async def sealed_database(suite: Suite, database: str) -> AsyncIterator[str]:
    """A database with the document Thing/kept that has to be as it was when the test has ended."""
    async with _calls(suite) as calls:
        kept = commits.DocumentWrite(document_id="Thing/kept", type="Thing", json=b'{"n":0}')
        await calls(
            commits.CreateCommitRequest(
                parent=f"{database}/branches/main",
                operations=[commits.DocumentOperation(insert=kept)],
            )
        )
        before = await _database_state(calls, database)
        yield database
        assert await _database_state(calls, database) == before
        assert not (await calls(commits.VerifyHistoryRequest(name=database))).faults


async def _database_state(calls: Api, name: str) -> list[Any]:
    return [
        await calls(kernel_branches.ListBranchesRequest(parent=name)),
        await calls(commits.ListCommitsRequest(parent=name, page_size=1000)),
    ]


@dataclass(frozen=True)
class StartedService:
    """A service process that may be killed, and an administrator's token for it."""

    process: ServiceProcess
    token: str


@pytest.fixture
def services(tmp_path: Path) -> Any:
    """Starts `kernel` or `monolith` as a process of its own, without any server beside it."""

    @asynccontextmanager
    async def start(kind: str) -> AsyncIterator[StartedService]:
        secret = secrets.token_urlsafe(64)
        ports = {entry.name: free_port() for entry in SERVICES}
        process = ServiceProcess(
            "svc_datakernel" if kind == "kernel" else "oms_monolith",
            address=f"{LOOPBACK}:{ports['datakernel']}",
            environment={
                "JWT_SECRET": secret,
                "OMS_DATA_DIR": str(tmp_path),
                "OMS_PORTS": json.dumps(ports),
                "OMS_GRAPHQL_HTTP_PORT": "0",
            },
            log=tmp_path / "service.log",
        )
        issuer = TokenIssuer(SecuritySettings(jwt_secret=SecretStr(secret)))
        await process.start()
        try:
            yield StartedService(process, issuer.issue("tester", roles=["administrator"]).token)
        finally:
            process.kill()
            await process.wait()

    return start
