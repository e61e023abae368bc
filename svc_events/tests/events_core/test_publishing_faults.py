"""nats-server killed under load, and away: what was acknowledged is there, once, in order."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import stream_service_pb2 as streams_pb
from oms_testing.e2e_errors import from_rpc
from oms_testing.nats import KillableNats

from .server import Served, served

pytestmark = pytest.mark.asyncio(loop_scope="module")
_EACH = 3000
_MESSAGE = 50


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[KillableNats]:
    folder: Path = tmp_path_factory.mktemp("killable")
    killable = KillableNats(folder)
    await killable.start()
    yield killable
    await killable.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(broker: KillableNats) -> AsyncIterator[Served]:
    async with served(broker.url, nats_timeout_s=1) as running:
        yield running


def event(event_id: str) -> cloudevents_pb2.CloudEvent:
    return cloudevents_pb2.CloudEvent(id=event_id, source="/s", spec_version="1.0", type="t")


class Publisher:
    """Publishes ids in their order; after a failure it goes on with the first that is not known."""

    def __init__(self, service: Served, name: str, is_up: asyncio.Event) -> None:
        self._stub = service.events()
        self._is_up = is_up
        self.ids = [f"{name}-{number:05}" for number in range(_EACH)]
        self.acknowledged = 0
        self.failures: list[str] = []

    async def run(self) -> None:
        while self.acknowledged < _EACH:
            await self._is_up.wait()
            before = self.acknowledged
            try:
                async for progress in self._stub.PublishStream(self._requests(before)):
                    self.acknowledged = before + progress.acknowledged_count
            except grpc.aio.AioRpcError as exc:
                self.failures.append(from_rpc(exc).code)

    async def _requests(self, start: int) -> AsyncIterator[pb.PublishStreamRequest]:
        for at in range(start, _EACH, _MESSAGE):
            some = self.ids[at : at + _MESSAGE]
            yield pb.PublishStreamRequest(parent="streams/killed", events=map(event, some))


async def stored_ids(service: Served) -> list[str]:
    found: list[str] = []
    token = ""
    while True:
        request = pb.ListEventsRequest(parent="streams/killed", page_size=1000, page_token=token)
        page = await patiently(lambda r=request: service.events().ListEvents(r))
        found += [each.event.id for each in page.events]
        token = page.next_page_token
        if not token:
            return found


async def test_what_was_acknowledged_survives_kills_once_and_in_order(
    service: Served, broker: KillableNats
):
    await service.streams().CreateStream(streams_pb.CreateStreamRequest(stream_id="killed"))
    is_up = asyncio.Event()
    is_up.set()
    publishers = [Publisher(service, name, is_up) for name in ("a", "b", "c")]
    work = [asyncio.create_task(each.run()) for each in publishers]
    chance = random.Random(7)
    try:
        for share in (0.2, 0.5, 0.8):
            point = chance.uniform(share - 0.1, share + 0.1) * _EACH * len(publishers)
            await until(lambda p=point: sum(each.acknowledged for each in publishers) >= p)
            is_up.clear()
            await broker.kill()
            known = [name for each in publishers for name in each.ids[: each.acknowledged]]
            await broker.start()
            is_up.set()
            await until_connected(service)
            lost = set(known) - set(await stored_ids(service))
            assert not lost
        await asyncio.gather(*work)
    finally:
        for each in work:
            each.cancel()
    stored = await stored_ids(service)
    assert [name for name, count in Counter(stored).items() if count > 1] == []
    for each in publishers:
        assert [name for name in stored if name[0] == each.ids[0][0]] == each.ids
        # The service says UNAVAILABLE; grpcio's client says INTERNAL itself when it was about to
        # send just as the stream ended.
        assert set(each.failures) <= {"UNAVAILABLE", "INTERNAL"}


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the state belongs to other tasks
            await asyncio.sleep(0.005)


async def patiently(call):
    """Calls until it is answered with something else than UNAVAILABLE."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await call()
            except grpc.aio.AioRpcError as exc:
                if from_rpc(exc).code != "UNAVAILABLE":
                    raise


async def until_connected(service: Served) -> None:
    request = streams_pb.ListStreamsRequest()
    await patiently(lambda: service.streams().ListStreams(request))


async def test_without_nats_every_call_says_so_and_comes_back(
    service: Served, broker: KillableNats
):
    await broker.kill()
    events, streams = service.events(), service.streams()
    for call in (
        events.Publish(pb.PublishRequest(event=event("1"))),
        events.PublishStream(iter([pb.PublishStreamRequest(events=[event("1")])])).read(),
        events.ListEvents(pb.ListEventsRequest()),
        events.GetEvent(pb.GetEventRequest(name="streams/events/events/1")),
        streams.ListStreams(streams_pb.ListStreamsRequest()),
        streams.PurgeStream(streams_pb.PurgeStreamRequest(name="streams/events")),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        error = from_rpc(caught.value)
        assert (error.code, error.reason) == ("UNAVAILABLE", "SERVICE_UNAVAILABLE")
        assert error.has_retry_info
    await broker.start()
    await until_connected(service)
    assert (await events.Publish(pb.PublishRequest(event=event("1")))).publication.sequence
