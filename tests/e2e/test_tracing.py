"""One trace from the gateway to a webhook, as a receiver of OTLP gets it, in both topologies."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio
import httpx
import pytest
from oms.event.v1 import filter_pb2
from oms.event.v1 import webhook_service_pb2 as webhooks
from oms_devstack import LOOPBACK
from oms_testing.e2e import GrpcApi
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

_PATIENCE_S = 60
_COMMIT = "oms.datakernel.v1.CommitService/CreateCommit"
_OK = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"


@dataclass
class _Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans as a collector does, and keeps those of one trace."""

    trace_id: bytes
    spans: dict[bytes, tuple[str, Any]] = field(default_factory=dict[bytes, tuple[str, Any]])

    async def Export(self, request: Any, context: Any) -> Any:
        for each in request.resource_spans:
            names = {a.key: a.value.string_value for a in each.resource.attributes}
            for scope in each.scope_spans:
                for span in scope.spans:
                    if span.trace_id == self.trace_id:
                        self.spans[span.span_id] = (names["service.name"], span)
        return trace_service_pb2.ExportTraceServiceResponse()

    @property
    def names(self) -> set[tuple[str, str]]:
        """What spans there are: service and name."""
        return {(service, span.name) for service, span in self.spans.values()}


@asynccontextmanager
async def _collecting(port: int, trace_id: bytes) -> AsyncIterator[_Collector]:
    server, collector = grpc.aio.server(), _Collector(trace_id)
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    assert server.add_insecure_port(f"{LOOPBACK}:{port}") == port
    await server.start()
    try:
        yield collector
    finally:
        await server.stop(None)


@asynccontextmanager
async def _endpoint(got: asyncio.Queue[dict[str, str]]) -> AsyncIterator[str]:
    """An endpoint of webhooks; tells the headers of each request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        pairs = (line.split(": ", 1) for line in head.splitlines()[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        await reader.readexactly(int(headers.get("content-length", "0")))
        writer.write(_OK)
        await writer.drain()
        writer.close()
        await got.put(headers)

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    async with server:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/hook"


@pytest.fixture
async def http(suite: Any) -> AsyncIterator[httpx.AsyncClient]:
    bearer = {"authorization": f"Bearer {suite.endpoint.token}"}
    url = suite.endpoint.rest_url
    async with httpx.AsyncClient(
        base_url=url, headers=bearer, trust_env=False, timeout=_PATIENCE_S
    ) as client:
        yield client


async def test_one_trace_from_the_gateway_to_a_webhook(
    suite: Any, ontology: str, http: httpx.AsyncClient
) -> None:
    trace, caller = secrets.token_bytes(16), secrets.token_bytes(8)
    got: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    name = f"traced-{secrets.token_hex(4)}"
    async with (
        GrpcApi(suite.endpoint) as api,
        _collecting(suite.otlp_port, trace) as collector,
        _endpoint(got) as url,
    ):
        await api(webhooks.CreateWebhookRequest(webhook_id=name, webhook=_webhook(url, ontology)))
        answer = await http.post(
            f"/v1/{ontology}/objectTypes?object_type_id=Traced",
            json={"labels": [{"language": "en", "text": "Traced"}]},
            headers={"traceparent": f"00-{trace.hex()}-{caller.hex()}-01"},
        )
        assert answer.status_code == 200, answer.text
        headers = await asyncio.wait_for(got.get(), _PATIENCE_S)
        version, found, parent, flags = headers["traceparent"].split("-")
        assert (version, found, flags) == ("00", trace.hex(), "01")
        await _until_whole(collector, caller, parent)
        await api(webhooks.DeleteWebhookRequest(name=f"webhooks/{name}"))
    way = _way_up(collector, bytes.fromhex(parent))
    is_split = "split" in str(suite.data_dir)
    assert [service for service, _ in way][-2:] == ["oms-monolith", "oms-gateway"]
    # The relay goes on below the call of the kernel that made the commit, wherever that runs.
    made = next(service for service, name in reversed(way) if name == _COMMIT)
    assert made in {"oms-monolith"}
    served = {service for service, name in collector.names if name == "SQLite write"}
    assert served == {"oms-datakernel" if is_split else "oms-monolith"}


def _webhook(url: str, ontology: str) -> webhooks.Webhook:
    sql = f"type LIKE 'oms.ontology.object_type.%' AND source LIKE '/{ontology}/%'"
    return webhooks.Webhook(
        url=url,
        filters=[filter_pb2.Filter(sql=sql)],
        rate_limit=50,
        signature=webhooks.SIGNATURE_SCHEME_HMAC_SHA256,
    )


_WANTED = {
    "oms.ontology.v1.ObjectTypeService/CreateObjectType",
    _COMMIT,
    "SQLite write",
    "relay commit",
    "Redis EVALSHA",
    "POST webhook",
}


async def _until_whole(collector: _Collector, caller: bytes, last: str) -> None:
    """Waits until every span has the one above it, and the one that the webhook got is there."""

    def is_whole() -> bool:
        there = {caller, *collector.spans}
        names = {name for _, name in collector.names}
        gateway = any(service == "oms-gateway" for service, _ in collector.names)
        parents = {span.parent_span_id for _, span in collector.spans.values()}
        return gateway and parents <= there and names >= _WANTED and bytes.fromhex(last) in there

    try:
        async with asyncio.timeout(_PATIENCE_S):
            while not is_whole():  # noqa: ASYNC110 - others' doing
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"there are only {sorted(collector.names)}")


def _way_up(collector: _Collector, span_id: bytes) -> list[tuple[str, str]]:
    """A span and those above it, up to the caller's: services and names."""
    way: list[tuple[str, str]] = []
    while span_id in collector.spans:
        service, span = collector.spans[span_id]
        way.append((service, span.name))
        span_id = span.parent_span_id
    return way
