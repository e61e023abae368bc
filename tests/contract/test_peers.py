"""Calls from a service to a peer: what is passed on, and what happens when it is away."""

import asyncio
import json
from contextvars import ContextVar

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue
from oms.datakernel.v1 import (
    commit_service_pb2,
    commit_service_pb2_grpc,
    database_service_pb2,
    database_service_pb2_grpc,
)
from oms_core.call import current_call
from oms_core.errors import ServiceUnavailable
from oms_rpc import Service, Topology, UnknownService
from oms_rpc.errors import from_rpc_error
from oms_rpc.network import changing_paths, methods_of, service_config, target

ONE = BytesValue(value=b"one")


@pytest.fixture(params=["hosted", "remote"])
def placement(request):
    return request.param


@pytest.fixture
def pair(start, shapes, placement):
    """Starts service `api`, whose handlers `call` the peer `datakernel`, hosted or remote."""

    async def pair(call, *, peer_setup=None, server_settings=None, address=None):
        front = type(shapes)()
        contexts = []

        async def kernel(ctx):
            ctx.add_servicer(shapes.add_to, shapes, policies=shapes.POLICIES)
            if peer_setup is not None:
                await peer_setup(ctx)

        async def api(ctx):
            contexts.append(ctx)

            async def relay(request, context):
                return await call(ctx.channel("datakernel"), request)

            front.unary = relay

            def add(servicer, server):
                front.add_to(servicer, Renamed(server, "contract.v1.Front"))

            policies = {k.replace("Shapes", "Front"): v for k, v in front.POLICIES.items()}
            ctx.add_servicer(add, front, policies=policies)

        services = [Service("api", api)]
        topology = Topology(addresses={"datakernel": address or "127.0.0.1:1"})
        if placement == "hosted":
            services.append(Service("datakernel", kernel))
        elif address is None:
            peer = await start(services=[Service("datakernel", kernel)])
            topology = Topology(addresses={"datakernel": f"127.0.0.1:{peer.port}"})
        server = await start(services=services, topology=topology, settings=server_settings)
        channel = server.channel(token="writer")
        return channel.unary_unary(
            "/contract.v1.Front/Unary", BytesValue.SerializeToString, BytesValue.FromString
        )

    return pair


class Renamed:
    """Registers handlers under another name."""

    def __init__(self, server, name):
        self._server = server
        self._name = name

    def add_registered_method_handlers(self, service, handlers):
        self._server.add_registered_method_handlers(self._name, handlers)


async def test_identity_request_id_and_deadline_are_passed_on(pair, shapes, shapes_stub):
    seen = {}

    async def note(request, context):
        call = current_call()
        seen["subject"] = call.identity.subject
        seen["request_id"] = call.request_id
        seen["left"] = call.deadline - asyncio.get_running_loop().time()
        return request

    shapes.unary = note

    async def call(channel, request):
        return await shapes_stub(channel).Unary(request)

    front = await pair(call)
    await front(ONE, timeout=20, metadata=(("x-request-id", "req-7"),))
    assert (seen["subject"], seen["request_id"]) == ("writer", "req-7")
    assert 5 < seen["left"] <= 20.5  # the header rounds up


async def test_own_timeout_counts_where_it_is_shorter(pair, shapes, shapes_stub):
    seen = []

    async def note(request, context):
        seen.append(context.time_remaining())
        return request

    shapes.unary = note

    async def call(channel, request):
        await shapes_stub(channel).Unary(request, timeout=5)
        return await shapes_stub(channel).Unary(request, timeout=500)

    front = await pair(call)
    await front(ONE, timeout=20)
    assert seen[0] <= 5
    assert 5 < seen[1] <= 20.5  # the header rounds up


async def test_own_metadata_wins_over_what_is_passed_on(pair, shapes, shapes_stub):
    seen = {}

    async def note(request, context):
        seen["subject"] = current_call().identity.subject
        return request

    shapes.unary = note

    async def call(channel, request):
        own = (("authorization", "Bearer reader"),)
        return await shapes_stub(channel).Unary(request, metadata=own)

    front = await pair(call)
    await front(ONE)
    assert seen == {"subject": "reader"}


async def test_handler_of_a_peer_sees_nothing_else_of_its_caller(pair, shapes, shapes_stub):
    secret = ContextVar("secret", default="none")
    seen = []

    async def note(request, context):
        seen.append(secret.get())
        secret.set("from the peer")
        return request

    shapes.unary = note

    async def call(channel, request):
        secret.set("from the caller")
        answer = await shapes_stub(channel).Unary(request)
        seen.extend([secret.get(), current_call().method])
        return answer

    front = await pair(call)
    await front(ONE)
    assert seen == ["none", "from the caller", "/contract.v1.Front/Unary"]


async def test_cancelled_caller_cancels_the_call_to_the_peer(pair, shapes, shapes_stub, until):
    started, ended = asyncio.Event(), asyncio.Event()

    async def hang(request, context):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    shapes.unary = hang

    async def call(channel, request):
        return await shapes_stub(channel).Unary(request)

    front = await pair(call)
    outer = front(ONE)
    await started.wait()
    outer.cancel()
    await until(ended.is_set)


async def test_error_of_a_peer_reaches_the_outer_caller_unchanged(pair, shapes, shapes_stub):
    async def fail(request, context):
        raise ServiceUnavailable("store is down", metadata={"service": "postgresql"})

    shapes.unary = fail

    async def call(channel, request):
        return await shapes_stub(channel).Unary(request)

    front = await pair(call)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await front(ONE)
    error = from_rpc_error(caught.value)
    assert (error.message, error.metadata) == ("store is down", {"service": "postgresql"})


class Databases(database_service_pb2_grpc.DatabaseServiceServicer):
    """Is unavailable a number of times before it answers."""

    def __init__(self, failures):
        self.failures = failures
        self.calls = 0

    async def GetDatabase(self, request, context):
        self.calls += 1
        if self.calls <= self.failures:
            raise ServiceUnavailable("starting")
        return database_service_pb2.GetDatabaseResponse()


class Commits(commit_service_pb2_grpc.CommitServiceServicer):
    """Is unavailable once before it answers."""

    def __init__(self):
        self.request_ids = []

    async def CreateCommit(self, request, context):
        self.request_ids.append(request.request_id)
        if len(self.request_ids) == 1:
            raise ServiceUnavailable("starting")
        return commit_service_pb2.CreateCommitResponse()


@pytest.mark.parametrize("placement", ["remote"], indirect=True)
async def test_read_is_repeated_while_the_peer_is_unavailable(pair):
    servicer = Databases(failures=2)

    async def setup(ctx):
        ctx.add_servicer(database_service_pb2_grpc.add_DatabaseServiceServicer_to_server, servicer)

    async def call(channel, request):
        stub = database_service_pb2_grpc.DatabaseServiceStub(channel)
        await stub.GetDatabase(database_service_pb2.GetDatabaseRequest(name="databases/a"))
        return request

    front = await pair(call, peer_setup=setup)
    assert await front(ONE) == ONE
    assert servicer.calls == 3


def create_commit(request_id):
    return commit_service_pb2.CreateCommitRequest(
        parent="databases/a/branches/main",
        message="m",
        request_id=request_id,
        operations=[
            {"upsert": {"document_id": "A/1", "type": "A", "json": b"{}"}},
        ],
    )


@pytest.mark.parametrize("placement", ["remote"], indirect=True)
@pytest.mark.parametrize(("request_id", "attempts"), [("req-1", 2), ("", 1)])
async def test_write_is_repeated_only_with_a_request_id(pair, request_id, attempts):
    servicer = Commits()

    async def setup(ctx):
        ctx.add_servicer(commit_service_pb2_grpc.add_CommitServiceServicer_to_server, servicer)

    async def call(channel, request):
        stub = commit_service_pb2_grpc.CommitServiceStub(channel)
        await stub.CreateCommit(create_commit(request_id))
        return request

    front = await pair(call, peer_setup=setup)
    if attempts == 1:
        with pytest.raises(grpc.aio.AioRpcError):
            await front(ONE)
    else:
        assert await front(ONE) == ONE
    assert servicer.request_ids == [request_id] * attempts


@pytest.mark.parametrize("placement", ["remote"], indirect=True)
async def test_peer_that_is_away_is_an_unavailable_service(pair, shapes_stub):
    async def call(channel, request):
        return await shapes_stub(channel).Unary(request)

    front = await pair(call, address="127.0.0.1:1")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await front(ONE)
    error = from_rpc_error(caught.value)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    assert (error.reason, error.metadata) == ("SERVICE_UNAVAILABLE", {"service": "datakernel"})
    assert "127.0.0.1" not in caught.value.details()


@pytest.mark.parametrize("placement", ["remote"], indirect=True)
async def test_stream_of_a_peer_that_is_away_names_the_service_too(pair, shapes_stub):
    async def call(channel, request):
        return await anext(aiter(shapes_stub(channel).Out(request)))

    front = await pair(call, address="127.0.0.1:1")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await front(ONE)
    assert from_rpc_error(caught.value).metadata == {"service": "datakernel"}


class Lender:
    """Gives each call to a peer a token of its own choice."""

    def __init__(self):
        self.asked = []

    def token_for(self, identity, service):
        self.asked.append((identity.subject if identity else None, service))
        return "reader"


async def test_token_for_a_peer_can_be_chosen(start, shapes, shapes_stub):
    lender, subjects, worked = Lender(), [], asyncio.Event()

    async def note(request, context):
        subjects.append(current_call().identity.subject)
        if request == ONE:
            await peer[0].Unary(BytesValue(value=b"inner"))
        return request

    async def setup(ctx):
        peer.append(shapes_stub(ctx.channel("datakernel")))

        async def work():
            await peer[0].Unary(BytesValue(value=b"from a worker"))
            worked.set()

        ctx.add_worker("caller", work)

    peer = []
    shapes.unary = note
    server = await start(setup=setup, credentials=lender)
    await worked.wait()
    await shapes_stub(server.channel(token="writer")).Unary(ONE)
    assert subjects == ["reader", "writer", "reader"]
    assert lender.asked == [(None, "datakernel"), ("writer", "datakernel")]


async def test_unknown_peer_is_a_defect_that_names_the_known_ones(start):
    async def setup(ctx):
        with pytest.raises(UnknownService, match="datakernel"):
            ctx.channel("nothing")

    await start(setup=setup)


def test_service_config_repeats_reads_and_no_writes():
    config = json.loads(service_config(methods_of(["oms.datakernel.v1"])))
    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    [method_config] = config["methodConfig"]
    names = {(n["service"], n["method"]) for n in method_config["name"]}
    assert ("oms.datakernel.v1.DatabaseService", "GetDatabase") in names
    assert ("oms.datakernel.v1.CommitService", "CreateCommit") not in names
    assert ("oms.datakernel.v1.CommitService", "WatchCommits") not in names


def test_methods_that_change_data_have_a_channel_of_their_own():
    paths = changing_paths(methods_of(["oms.datakernel.v1"]))
    assert "/oms.datakernel.v1.CommitService/CreateCommit" in paths
    assert "/oms.datakernel.v1.DatabaseService/GetDatabase" not in paths


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("data-kernel:50051", "dns:///data-kernel:50051"),
        ("dns:///a:1", "dns:///a:1"),
        ("unix:/run/oms.sock", "unix:/run/oms.sock"),
        ("ipv4:10.0.0.1:1,10.0.0.2:1", "ipv4:10.0.0.1:1,10.0.0.2:1"),
    ],
)
def test_plain_address_is_resolved_by_dns(address, expected):
    assert target(address) == expected
