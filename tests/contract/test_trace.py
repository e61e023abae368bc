"""One trace from the client through a service to its peer."""

import asyncio

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from grpc_health.v1 import health_pb2, health_pb2_grpc
from oms_core.errors import ResourceNotFound
from oms_rpc import Process, ServerSettings, Service, Topology, serving
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

ONE = BytesValue(value=b"one")
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT = (("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01"),)


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider
    provider.shutdown()


@pytest.fixture(params=["hosted", "remote"])
def placement(request):
    return request.param


def by_kind(exporter, kind):
    return [s for s in exporter.get_finished_spans() if s.kind is kind]


async def test_one_trace_connects_client_service_and_peer(
    start, shapes, shapes_stub, provider, exporter, placement, until
):
    front = type(shapes)()

    async def kernel(ctx):
        ctx.add_servicer(shapes.add_to, shapes, policies=shapes.POLICIES)

    async def api(ctx):
        stub = shapes_stub(ctx.channel("datakernel"))

        async def relay(request, context):
            responses = [r async for r in stub.Out(request)]
            return await stub.Unary(responses[0])

        front.unary = relay
        if placement == "remote":
            ctx.add_servicer(front.add_to, front, policies=front.POLICIES)

    if placement == "remote":
        peer = await start(services=[Service("datakernel", kernel)], tracer_provider=provider)
        topology = Topology(addresses={"datakernel": f"127.0.0.1:{peer.port}"})
        server = await start(
            services=[Service("api", api)], topology=topology, tracer_provider=provider
        )
        stub = shapes_stub(server.channel(token="writer"))
    else:
        server = await start(
            services=[Service("api", api), Service("datakernel", kernel)], tracer_provider=provider
        )
        shapes.unary, echo = _relay_once(front, shapes.unary), shapes.unary
        stub = shapes_stub(server.channel(token="writer"))
        assert echo is not None
    with trace.use_span(provider.get_tracer("test").start_span("client"), end_on_exit=True):
        await stub.Unary(ONE)
    expected = 3
    await until(lambda: len(by_kind(exporter, SpanKind.CLIENT)) == expected)
    await until(lambda: len(by_kind(exporter, SpanKind.SERVER)) == expected)
    spans = exporter.get_finished_spans()
    assert len({span.context.trace_id for span in spans}) == 1
    parents = {s.context.span_id: s for s in spans}
    for span in by_kind(exporter, SpanKind.SERVER):
        caller = parents[span.parent.span_id]
        assert caller.kind is SpanKind.CLIENT
        assert caller.name == span.name
    names = sorted(s.name for s in by_kind(exporter, SpanKind.SERVER))
    assert names == ["contract.v1.Shapes/Out", *["contract.v1.Shapes/Unary"] * 2]


def _relay_once(front, echo):
    """The outer call is relayed to the peer; the peer's own call is echoed."""
    is_outer = True

    async def unary(request, context):
        nonlocal is_outer
        if is_outer:
            is_outer = False
            return await front.unary(request, context)
        return await echo(request, context)

    return unary


async def test_trace_of_the_caller_is_continued(start, connect, shapes_stub, provider, exporter):
    server = await start()
    assert exporter.get_finished_spans() == ()
    server = await start(tracer_provider=provider)
    plain = grpc.aio.insecure_channel(f"127.0.0.1:{server.port}")
    async with plain:
        metadata = (("authorization", "Bearer writer"), ("x-request-id", "req-7"), *PARENT)
        await shapes_stub(plain).Unary(ONE, metadata=metadata)
    [span] = by_kind(exporter, SpanKind.SERVER)
    assert trace.format_trace_id(span.context.trace_id) == TRACE_ID
    assert span.attributes["rpc.system"] == "grpc"
    assert span.attributes["rpc.service"] == "contract.v1.Shapes"
    assert span.attributes["rpc.method"] == "Unary"
    assert span.attributes["rpc.grpc.status_code"] == 0
    assert span.attributes["oms.request_id"] == "req-7"


async def test_fault_of_the_server_marks_its_span(
    start, connect, shapes, shapes_stub, provider, exporter, until
):
    errors = [RuntimeError("hunter2"), ResourceNotFound.of("Thing", "x")]

    async def fail(request, context):
        raise errors.pop(0)

    shapes.unary = fail
    stub = shapes_stub(connect(await start(tracer_provider=provider)))
    for _ in range(2):
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Unary(ONE)
    internal, not_found = by_kind(exporter, SpanKind.SERVER)
    assert internal.status.status_code is StatusCode.ERROR
    assert internal.attributes["rpc.grpc.status_code"] == 13
    assert not_found.status.status_code is StatusCode.UNSET
    assert not_found.attributes["rpc.grpc.status_code"] == 5
    assert "hunter2" not in internal.to_json()
    await until(lambda: len(by_kind(exporter, SpanKind.CLIENT)) == 2)
    assert all(s.status.status_code is StatusCode.ERROR for s in by_kind(exporter, SpanKind.CLIENT))


async def test_spans_of_a_cancelled_call_end(
    start, connect, shapes, shapes_stub, provider, exporter, until
):
    started = asyncio.Event()

    async def hang(request, context):
        started.set()
        await asyncio.Event().wait()
        yield ONE

    shapes.out = hang
    call = shapes_stub(connect(await start(tracer_provider=provider))).Out(ONE)
    await started.wait()
    call.cancel()
    await until(lambda: len(exporter.get_finished_spans()) == 2)
    assert {s.attributes["rpc.grpc.status_code"] for s in exporter.get_finished_spans()} == {1}


async def test_probes_are_not_traced(start, connect, provider, exporter):
    channel = connect(await start(tracer_provider=provider), token=None)
    await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert exporter.get_finished_spans() == ()


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans over OTLP."""

    def __init__(self):
        self.names = []
        self.services = set()

    async def Export(self, request, context):
        for resource in request.resource_spans:
            for attribute in resource.resource.attributes:
                if attribute.key == "service.name":
                    self.services.add(attribute.value.string_value)
            for scope in resource.scope_spans:
                self.names += [span.name for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


async def test_spans_are_exported_over_otlp_when_telemetry_is_on(tokens, shapes, shapes_stub):
    collector = Collector()
    sink = grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, sink)
    port = sink.add_insecure_port("127.0.0.1:0")
    await sink.start()

    async def setup(ctx):
        ctx.add_servicer(shapes.add_to, shapes, policies=shapes.POLICIES)

    settings = {"port": 0, "telemetry": True, "trace_endpoint": f"http://127.0.0.1:{port}"}
    process = Process(
        services=[Service("datakernel", setup)],
        server=ServerSettings(**settings),
        topology=Topology(),
        authenticator=tokens,
    )
    async with serving(process) as server:
        await shapes_stub(server.channel(token="writer")).Unary(ONE)
    await sink.stop(None)
    assert collector.names.count("contract.v1.Shapes/Unary") == 2
    assert collector.services == {"oms-datakernel"}
