"""What a call over the local channel costs, beside the same over a Unix socket."""

from __future__ import annotations

import logging
import os
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import Any
from unittest.mock import patch

import grpc.aio
import structlog
from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import database_service_pb2 as databases
from oms.identity.v1 import identity_service_pb2 as identity
from oms.ontology.v1 import object_type_service_pb2 as object_types
from oms.ontology.v1 import ontology_service_pb2 as ontologies
from oms_core.logging import configure_logging
from oms_monolith.services import hosted_services
from oms_rpc import Process, ServerSettings, Topology, serving
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer
from oms_testing.e2e_methods import method_of
from pydantic import SecretStr

from tests.bench.processes import Credentials
from tests.bench.report import Goal, Section

_GOAL = 0.1
_TURNS = 10


async def over_local_channel(*, calls: int) -> Section:
    """The same call over the local channel and over a Unix socket, both through the whole chain."""
    section = Section(
        "A unary call over the local channel",
        f"Median of {calls} calls, one after the other, in one process, in turn. Both run the "
        "whole chain, with serialisation, metadata and a deadline. The promise is about the cost "
        "of calling, so it is held against the read that does the least.",
        ("call", "local channel µs", "Unix socket µs", "ratio"),
    )
    with logging_to_a_file():
        async with channels() as (local, unix, token):
            metadata = (("authorization", f"Bearer {token}"),)
            for name, request in await _reads(_caller(local, metadata)):
                medians = await _medians(
                    [_caller(local, metadata), _caller(unix, metadata)], request, calls
                )
                _add(section, name, *medians)
    first = float(section.rows[0][3])
    text = f"{section.rows[0][0]}: {first:.1%} of the same call over a Unix socket; "
    section.goals.append(Goal(text + "promised are at most 10%", first <= _GOAL))
    return section


@contextmanager
def logging_to_a_file() -> Iterator[None]:
    """Logs as a service does whose standard error goes to a file."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    with TemporaryFile("w") as log, redirect_stderr(log):
        configure_logging()
        yield
    structlog.reset_defaults()
    root.handlers[:] = handlers


@asynccontextmanager
async def channels() -> AsyncIterator[tuple[Any, Any, str]]:
    """A local channel and one over a Unix socket to the same hosted services, with a token."""
    credentials = Credentials.fresh()
    security = SecuritySettings(jwt_secret=SecretStr(credentials.secret))
    with TemporaryDirectory() as folder, patch.dict(os.environ, {"OMS_DATA_DIR": folder}):
        process = Process(
            services=hosted_services(Topology(), security),
            server=ServerSettings(port=0),
            topology=Topology(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
        )
        async with serving(process) as server:
            second = grpc.aio.server()
            server.registry.add_to(second)
            second.add_insecure_port(f"unix:{folder}/socket")
            await second.start()
            async with grpc.aio.insecure_channel(f"unix:{folder}/socket") as unix:
                yield server.local_channel(), unix, credentials.token
            await second.stop(None)


async def _reads(call: Callable[[Any], Awaitable[Any]]) -> list[tuple[str, Any]]:
    """The reads, the cheapest first, after what they read has been made."""
    await call(ontologies.CreateOntologyRequest(ontology_id="bench"))
    made = await call(
        object_types.CreateObjectTypeRequest(
            parent="ontologies/bench",
            object_type_id="Zone",
            object_type=object_types.ObjectType(is_abstract=True),
        )
    )
    name = "ontologies/bench/objectTypes/Zone"
    return [
        ("GetCaller", identity.GetCallerRequest()),
        (
            "GetObjectType by commit",
            object_types.GetObjectTypeRequest(name=name, revision=Revision(commit=made.commit_id)),
        ),
        ("kernel GetDatabase", databases.GetDatabaseRequest(name="databases/bench")),
    ]


def _caller(channel: Any, metadata: Any) -> Callable[[Any], Awaitable[Any]]:
    stubs: dict[str, Any] = {}

    def call(request: Any) -> Awaitable[Any]:
        method = method_of(request)
        if method.path not in stubs:
            stubs[method.path] = channel.unary_unary(
                method.path,
                request_serializer=method.request_type.SerializeToString,
                response_deserializer=method.response_type.FromString,
            )
        return stubs[method.path](request, metadata=metadata, timeout=10)

    return call


async def _medians(
    callers: list[Callable[[Any], Awaitable[Any]]], request: Any, calls: int
) -> list[float]:
    """Median latency over each channel, in microseconds."""
    latencies: list[list[float]] = [[] for _ in callers]
    for _ in range(_TURNS):
        for taken, call in zip(latencies, callers, strict=True):
            for _ in range(calls // _TURNS):
                started = perf_counter()
                await call(request)
                taken.append(perf_counter() - started)
    return [statistics.median(taken) * 1e6 for taken in latencies]


def _add(section: Section, name: str, local_us: float, unix_us: float) -> None:
    section.rows.append((name, f"{local_us:.0f}", f"{unix_us:.0f}", f"{local_us / unix_us:.3f}"))
