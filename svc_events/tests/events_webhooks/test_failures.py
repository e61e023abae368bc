"""What happens when endpoints don't answer 2xx."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as pb
from svc_events.domain.subjects import ORIGIN_PUBLISHED, event_subject

from .sink import Answer

BY_KEY = subscription_pb.DELIVERY_ORDERING_BY_KEY


@pytest.fixture
def attempts_of(client):
    async def attempts_of(name, **conditions):
        request = pb.ListAttemptsRequest(parent=name, **conditions)
        return (await client.ListAttempts(request)).attempts

    return attempts_of


async def test_a_failed_attempt_is_repeated_under_the_same_id_and_logged(
    create, open_sink, publish, event, retry, attempts_of, until
):
    statuses = iter([503, 500, 204])
    sink = await open_sink(lambda _: Answer(next(statuses), body=b"because"))
    name = (await create(sink, retry=retry(0.05, 0.05))).webhook.name
    (place,) = await publish(sent := event("zone-1"))
    got = await sink.count(3)
    assert len({each.id for each in got}) == 1
    assert got[0].body == got[2].body
    attempts = await until(lambda: attempts_of(name), lambda found: len(found) == 3)
    newest, middle, oldest = attempts
    assert [each.attempt_number for each in attempts] == [3, 2, 1]
    assert [each.http_status for each in attempts] == [204, 500, 503]
    assert newest.outcome == pb.ATTEMPT_OUTCOME_DELIVERED
    assert oldest.outcome == pb.ATTEMPT_OUTCOME_REFUSED
    assert oldest.error == "the endpoint answered 503"
    assert oldest.response_body == b"because"
    assert oldest.HasField("next_attempt_time")
    assert not newest.HasField("next_attempt_time")
    assert middle.delivery_id == got[0].id
    assert oldest.event == f"streams/events/events/{place}"
    assert oldest.event_id == sent.id
    refused = await attempts_of(name, outcome=pb.ATTEMPT_OUTCOME_REFUSED)
    assert [each.attempt_number for each in refused] == [2, 1]
    page = await attempts_of(name, page_size=1)
    assert [each.attempt_number for each in page] == [3]


async def test_after_the_last_attempt_an_event_is_a_dead_letter_that_can_be_replayed(
    create, client, open_sink, publish, event, retry, until
):
    is_up = False
    sink = await open_sink(lambda _: Answer(204 if is_up else 500))
    own = await open_sink()
    name = (await create(sink, retry=retry(0.0))).webhook.name
    await create(
        own,
        filters=[
            {
                "exact": {
                    "values": {
                        "type": "oms.event.webhook.dead_lettered.v1",
                        "subject": name,
                    }
                }
            }
        ],
    )
    sent = event("zone-1")
    await publish(sent)

    async def letters():
        return (await client.ListDeadLetters(pb.ListDeadLettersRequest(parent=name))).dead_letters

    (letter,) = await until(letters, len)
    assert (letter.attempt_count, letter.last_http_status) == (2, 500)
    assert letter.event_type == sent.type
    assert not letter.HasField("event")
    got = await client.GetDeadLetter(pb.GetDeadLetterRequest(name=letter.name))
    assert got.dead_letter.event.id == sent.id
    (told,) = await own.count(1)
    assert told.events[0]["data"]["dead_letter"] == letter.name
    assert told.events[0]["data"]["event"]["id"] == sent.id
    is_up = True
    replay = pb.ReplayDeadLettersRequest(parent=name)
    assert (await client.ReplayDeadLetters(replay)).replayed_count == 1
    received = await sink.count(3)
    assert {each.id for each in received} == {letter.delivery_id}
    assert not await letters()


async def test_dead_letters_are_deleted_by_range(
    create, client, open_sink, publish, event, retry, until, connect
):
    sink = await open_sink(lambda _: Answer(500))
    name = (await create(sink, retry=retry(0.0))).webhook.name
    await publish(event(), event(), event())

    async def letters():
        return (await client.ListDeadLetters(pb.ListDeadLettersRequest(parent=name))).dead_letters

    found = await until(letters, lambda found: len(found) == 3)
    first = pb.DeleteDeadLettersRequest(parent=name, range={"names": [found[0].name]})
    assert (await client.DeleteDeadLetters(first)).deleted_count == 1
    until_then = pb.DeadLetterRange(end_time=found[2].dead_time)
    before = pb.DeleteDeadLettersRequest(parent=name, range=until_then)
    await client.DeleteDeadLetters(before)
    assert found[2].name in [each.name for each in await letters()]
    rest = pb.DeleteDeadLettersRequest(parent=name)
    await client.DeleteDeadLetters(rest)
    assert not await letters()


async def test_410_suspends_at_once_and_the_event_waits(
    create, client, open_sink, publish, event, retry, until
):
    is_gone = True
    sink = await open_sink(lambda _: Answer(410 if is_gone else 204))
    own = await open_sink()
    name = (await create(sink, retry=retry(0.0))).webhook.name
    suspended = "oms.event.webhook.suspended.v1"
    await create(own, filters=[{"exact": {"values": {"type": suspended, "subject": name}}}])
    await publish(event())

    async def webhook():
        return (await client.GetWebhook(pb.GetWebhookRequest(name=name))).webhook

    found = await until(webhook, lambda found: found.state == pb.WEBHOOK_STATE_SUSPENDED)
    assert "410" in found.state_reason
    assert found.pending_count == 1
    (told,) = await own.count(1)
    assert "410" in told.events[0]["data"]["reason"]
    is_gone = False
    resume = pb.UpdateWebhookRequest(
        webhook=pb.Webhook(name=name), update_mask=FieldMask(paths=["disabled"])
    )
    assert (await client.UpdateWebhook(resume)).webhook.state == pb.WEBHOOK_STATE_ENABLED
    got = await sink.until(lambda all_: len(all_) >= 2)
    assert len({each.id for each in got}) == 1


async def test_a_webhook_that_fails_for_too_long_is_suspended(
    create, client, deployment, open_sink, publish, event, retry, until, connect
):
    # A replica that is less patient than the others finds out when it delivers.
    impatient = deployment.start(suspend_after_s=0.3)
    sink = await open_sink(lambda _: Answer(500))
    name = (await create(sink, retry=retry(*[0.05] * 30), max_concurrency=1)).webhook.name
    await publish(event(), event())

    async def webhook():
        return (await client.GetWebhook(pb.GetWebhookRequest(name=name))).webhook

    found = await until(webhook, lambda found: found.state == pb.WEBHOOK_STATE_SUSPENDED)
    assert found.state_reason.startswith("nothing was delivered since ")
    statistics = await client.GetWebhookStatistics(pb.GetWebhookStatisticsRequest(name=name))
    assert statistics.HasField("failing_since")
    stopping = asyncio.run_coroutine_threadsafe(impatient.stop(), deployment.background.loop)
    await asyncio.wrap_future(stopping)


async def test_retry_after_lengthens_a_delay(
    create, open_sink, publish, event, retry, attempts_of, until
):
    sink = await open_sink(lambda _: Answer(429, {"retry-after": "3600"}))
    name = (await create(sink, retry=retry(0.0))).webhook.name
    await publish(event())
    (attempt,) = await until(lambda: attempts_of(name), len)
    delay = attempt.next_attempt_time.ToDatetime() - attempt.attempt_time.ToDatetime()
    assert 3600 <= delay.total_seconds() < 3600 * 1.11


async def test_a_slow_endpoint_delays_no_other(create, open_sink, publish, event):
    never = asyncio.Event()

    async def hang(_):
        await never.wait()
        return Answer()

    slow, fast = await open_sink(hang), await open_sink()
    await create(slow, max_concurrency=4)
    await create(fast)
    sent = [event() for _ in range(100)]
    await publish(*sent)
    got = await fast.count(100, timeout_s=30)
    assert {each.events[0]["id"] for each in got} == {each.id for each in sent}
    assert slow.most_under_way <= 4
    never.set()
    await slow.count(100, timeout_s=30)
    assert slow.most_under_way <= 4


async def test_order_by_key_is_kept_while_deliveries_fail_in_between(
    create, open_sink, publish, event, retry
):
    tries = defaultdict(int)
    delivered = defaultdict(list)

    def decide(received):
        (found,) = received.events
        tries[found["id"]] += 1
        if hash(found["id"]) % 3 == 0 and tries[found["id"]] < 3:
            return Answer(500)
        delivered[found["subject"]].append(found["data"]["n"])
        return Answer()

    sink = await open_sink(decide)
    await create(sink, ordering=BY_KEY, retry=retry(0.02, 0.02, 0.02))
    keys = [f"key-{number}" for number in range(8)]
    events = [event(key, data=b'{"n":%d}' % n) for n in range(12) for key in keys]
    await publish(*events)
    await sink.until(lambda _: sum(map(len, delivered.values())) >= len(events), 60)
    assert dict(delivered) == {key: list(range(12)) for key in keys}


async def test_order_by_an_attribute_of_its_own(create, open_sink, publish, event, retry):
    statuses = iter([500, 500])
    delivered = []

    def decide(received):
        status = next(statuses, 204)
        if status == 204:
            delivered.append(received.events[0]["data"]["n"])
        return Answer(status)

    sink = await open_sink(decide)
    await create(sink, ordering=BY_KEY, ordering_key="tenant", retry=retry(0.05, 0.05, 0.05))
    same = {"extensions": {"tenant": "acme"}}
    await publish(*[event(f"s-{n}", data=b'{"n":%d}' % n, **same) for n in range(5)])
    await sink.until(lambda _: len(delivered) == 5)
    assert delivered == list(range(5))


async def test_an_answer_without_end_is_cut_and_counts(
    create, open_sink, publish, event, attempts_of, until
):
    sink = await open_sink(lambda _: Answer(200, body=b"x" * 3_000_000))
    name = (await create(sink)).webhook.name
    await publish(event())
    (attempt,) = await until(lambda: attempts_of(name), len)
    assert attempt.outcome == pb.ATTEMPT_OUTCOME_DELIVERED
    assert attempt.response_body == b"x" * 2048


async def test_no_answer_in_time_is_a_timeout(
    create, open_sink, publish, event, retry, attempts_of, until
):
    over = asyncio.Event()

    async def hang(_):
        await over.wait()
        return Answer()

    sink = await open_sink(hang)
    name = (await create(sink, timeout={"nanos": 200_000_000}, retry=retry(3600.0))).webhook.name
    await publish(event())
    (attempt,) = await until(lambda: attempts_of(name), len)
    over.set()
    assert attempt.outcome == pb.ATTEMPT_OUTCOME_TIMED_OUT
    assert 0.2 <= attempt.latency.ToTimedelta().total_seconds() < 5


@pytest.mark.parametrize(
    ("raw", "named"),
    [(b"", "closed"), (b"SSH-2.0-OpenSSH\r\n\r\n", "HTTP")],
    ids=["closed", "no http"],
)
async def test_a_broken_answer_is_unreachable(
    create, open_sink, publish, event, retry, attempts_of, until, raw, named
):
    sink = await open_sink(lambda _: Answer(raw=raw))
    name = (await create(sink, retry=retry(3600.0))).webhook.name
    await publish(event())
    (attempt,) = await until(lambda: attempts_of(name), len)
    assert attempt.outcome == pb.ATTEMPT_OUTCOME_UNREACHABLE
    assert named in attempt.error


async def test_a_redirect_is_not_followed(
    create, open_sink, publish, event, retry, attempts_of, until
):
    other = await open_sink()
    sink = await open_sink(lambda _: Answer(307, {"location": other.url}))
    name = (await create(sink, retry=retry(3600.0))).webhook.name
    await publish(event())
    (attempt,) = await until(lambda: attempts_of(name), len)
    assert attempt.error == "the endpoint answered 307; redirects are not followed"
    assert not other.received


async def test_the_rate_limit_holds(create, open_sink, publish, event):
    sink = await open_sink()
    await create(sink, rate_limit=20)
    await publish(*[event() for _ in range(30)])
    got = await sink.count(30)
    # Two may go at once, one each 50 ms after them.
    assert got[-1].at - got[0].at >= 27 * 0.05


async def test_events_are_replayed_from_a_place_whether_delivered_or_not(
    create, client, sink, publish, event
):
    places = await publish(*[event() for _ in range(3)])
    name = (await create(sink)).webhook.name
    request = pb.ReplayEventsRequest(
        name=name,
        start=event_pb.StartPosition(sequence=places[0]),
        end_sequence=places[1],
    )
    answer = await client.ReplayEvents(request)
    assert (answer.replayed_count, answer.last_sequence) == (2, places[1])
    first = await sink.count(2)
    await client.ReplayEvents(request)
    again = await sink.count(4)
    assert {each.id for each in again} == {each.id for each in first}
    everything = pb.ReplayEventsRequest(
        name=name, start=event_pb.StartPosition(beginning=True), max_events=1
    )
    assert (await client.ReplayEvents(everything)).replayed_count == 1


async def test_a_replay_passes_over_what_is_no_event(create, client, nats, sink, publish, event):
    first = event()
    places = await publish(first)
    # By other ways than OMS, such as the `nats` command.
    subject = event_subject("events", key="", origin=ORIGIN_PUBLISHED, event_type=first.type)
    await (await nats.jetstream()).publish(subject, b"\xff")
    places += await publish(event())
    name = (await create(sink)).webhook.name
    request = pb.ReplayEventsRequest(name=name, start=event_pb.StartPosition(sequence=places[0]))
    answer = await client.ReplayEvents(request)
    assert (answer.replayed_count, answer.last_sequence) == (2, places[1])
    assert len(await sink.count(2)) == 2


async def test_statistics_count_what_happened(
    create, client, open_sink, publish, event, retry, until
):
    statuses = iter([500, 204, 204])
    sink = await open_sink(lambda _: Answer(next(statuses, 204)))
    name = (await create(sink, retry=retry(0.02), max_concurrency=1)).webhook.name
    await publish(event(), event())
    await sink.count(3)

    async def statistics():
        return await client.GetWebhookStatistics(pb.GetWebhookStatisticsRequest(name=name))

    found = await until(statistics, lambda found: found.attempt_count == 3)
    assert (found.delivered_count, found.failed_count) == (2, 1)
    assert found.latency_p50.ToTimedelta() <= found.latency_p99.ToTimedelta()
    assert found.HasField("last_delivered_time")
    assert found.HasField("last_failed_time")
    assert not found.HasField("failing_since")
    await until(statistics, lambda found: found.pending_count == 0)


async def test_events_wait_for_the_handshake_and_the_agreed_rate_holds(
    create, client, open_sink, publish, event, until
):
    agrees = False

    def decide(received):
        if received.method != "OPTIONS":
            return Answer()
        headers = {"webhook-allowed-origin": "oms.example", "webhook-allowed-rate": "600"}
        return Answer(200, headers if agrees else {})

    sink = await open_sink(decide)
    name = (await create(sink, require_handshake=True, rate_limit=100)).webhook.name
    (asked,) = sink.received
    assert asked.headers["webhook-request-origin"] == "oms.example"
    assert asked.headers["webhook-request-rate"] == "6000"
    got = (await client.GetWebhook(pb.GetWebhookRequest(name=name))).webhook
    assert got.state == pb.WEBHOOK_STATE_UNCONFIRMED
    assert "webhook-allowed-origin" in got.state_reason
    await publish(event())
    agrees = True
    change = pb.UpdateWebhookRequest(webhook=pb.Webhook(name=name, description="again"))
    assert (await client.UpdateWebhook(change)).webhook.state == pb.WEBHOOK_STATE_ENABLED
    later = [event() for _ in range(10)]
    await publish(*later)
    got = await sink.until(lambda all_: sum(each.method == "POST" for each in all_) >= 10)
    posted = [each for each in got if each.method == "POST"]
    assert {each.events[0]["id"] for each in posted} == {each.id for each in later}
    assert posted[-1].at - posted[0].at >= 8 * 0.1


async def test_a_stream_that_was_made_anew_is_sent_from_its_beginning(
    create, sink, publish, event, nats
):
    await create(sink)
    await publish(event(), event())
    await sink.count(2)
    js = await nats.jetstream()
    config = (await js.stream_info("OMS_EV_events")).config
    await js.delete_stream("OMS_EV_events")
    await js.add_stream(config)
    # More than the first one had: their numbers tell nothing.
    events = [event() for _ in range(6)]
    last = 0
    while last < 6:
        last = (await publish(*events))[-1]
    received = await sink.count(8)
    assert [each.events[0]["id"] for each in received[2:]] == [each.id for each in events]
