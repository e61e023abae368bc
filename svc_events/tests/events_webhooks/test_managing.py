"""Webhooks as resources: what callers may set, see and change."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from oms.event.v1 import event_service_pb2 as event_pb
from oms.event.v1 import subscription_service_pb2 as subscription_pb
from oms.event.v1 import webhook_service_pb2 as pb
from oms_testing.e2e_errors import from_rpc

from .sink import Answer


@pytest.fixture
def refused():
    """Expects a call to fail; gives status code, reason, metadata and message."""

    async def refused(call):
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await call
        error = from_rpc(failure.value)
        return failure.value.code(), error.reason, error.metadata, error.message

    return refused


async def test_what_is_left_out_has_its_default(create, sink, unique):
    webhook = (await create(sink, filters=[])).webhook
    assert webhook.name == f"webhooks/{unique}-0"
    assert webhook.stream == "streams/events"
    assert webhook.mode == pb.WEBHOOK_MODE_STRUCTURED
    assert webhook.signature == pb.SIGNATURE_SCHEME_HMAC_SHA256
    assert webhook.ordering == subscription_pb.DELIVERY_ORDERING_NONE
    assert webhook.timeout.seconds == 15
    assert (webhook.batch_size, webhook.max_concurrency, webhook.rate_limit) == (100, 16, 0)
    hours = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]
    assert [each.ToTimedelta().total_seconds() / 3600 for each in webhook.retry.delays] == (
        pytest.approx(hours)
    )
    assert webhook.state == pb.WEBHOOK_STATE_ENABLED
    assert webhook.created_by == "operator"


async def test_secrets_and_header_values_are_shown_once_or_never(
    create, client, sink, deployment, unique
):
    response = await create(sink, headers={"x-api-key": "hunter2-hunter2"})
    assert response.secret.startswith("whsec_")
    name = response.webhook.name
    got = await client.GetWebhook(pb.GetWebhookRequest(name=name))
    listed = await client.ListWebhooks(pb.ListWebhooksRequest(page_size=1000))
    mine = next(each for each in listed.webhooks if each.name == name)
    for message in (got, mine, response.webhook):
        assert response.secret not in str(message)
        assert "hunter2" not in str(message)
    assert dict(got.webhook.headers) == {"x-api-key": ""}


async def test_nothing_of_a_secret_is_readable_in_the_database(create, sink, deployment):
    import psycopg

    response = await create(sink, headers={"x-api-key": "hunter2-hunter2"})
    url = deployment.urls["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        found = [
            await (await connection.execute(f"SELECT * FROM oms_events.{table}")).fetchall()
            for table in ("webhooks", "webhook_secrets")
        ]
    text = str(found)
    assert response.secret not in text
    assert response.secret.removeprefix("whsec_") not in text
    assert "hunter2" not in text


async def test_a_second_webhook_of_the_same_id_is_refused(create, sink, refused):
    name = (await create(sink)).webhook.name
    code, reason, _, _ = await refused(create(sink, name.removeprefix("webhooks/")))
    assert (code, reason) == (grpc.StatusCode.ALREADY_EXISTS, "RESOURCE_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://169.254.169.254/latest/meta-data", "address_refused"),
        ("http://10.0.0.1/", "address_refused"),
        ("http://[::ffff:10.0.0.1]/", "address_refused"),
        ("http://2130706433/", "numeric_host"),
        ("http://0x7f.1/", "numeric_host"),
        ("http://user:secret@127.0.0.1:8080/", "userinfo"),
        ("ftp://127.0.0.1/", "scheme"),
        ("http://127.0.0.1:22/", "port_refused"),
        ("http://127.0.0.1:8080/#part", "fragment"),
        ("not a url", "character"),
        ("", "form"),
    ],
)
async def test_a_hostile_url_is_refused_and_nothing_is_stored(
    create, client, sink, refused, unique, url, why
):
    code, reason, metadata, message = await refused(create(sink, url=url))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "URL_REFUSED")
    assert metadata["why"] == why
    assert message.startswith("url: ")
    assert "secret" not in message
    code, *_ = await refused(client.GetWebhook(pb.GetWebhookRequest(name=f"webhooks/{unique}-0")))
    assert code is grpc.StatusCode.NOT_FOUND


async def test_a_hostile_url_is_refused_in_an_update_too(create, client, sink, refused):
    name = (await create(sink)).webhook.name
    request = pb.UpdateWebhookRequest(webhook=pb.Webhook(name=name, url="https://192.168.0.1/"))
    _, reason, _, _ = await refused(client.UpdateWebhook(request))
    assert reason == "URL_REFUSED"
    kept = await client.GetWebhook(pb.GetWebhookRequest(name=name))
    assert kept.webhook.url == sink.url


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"timeout": {"seconds": 61}}, "timeout: is 61 s"),
        ({"retry": {"delays": [{"seconds": 8 * 86400}]}}, "retry.delays[0]: is 691200 s"),
        ({"headers": {"webhook-id": "x"}}, "headers[webhook-id]"),
        ({"headers": {"host": "x"}}, "headers[host]"),
        ({"headers": {"x-a": "line\r\nbreak"}}, "headers[x-a]"),
        ({"headers": {"x-a": "1", "X-A": "2"}}, "headers[x-a]"),
        ({"filters": [{"sql": "type LIKE"}]}, "filters[0].sql: line 1"),
        ({"ordering_key": "subject"}, "ordering_key: 'subject'"),
        (
            {
                "mode": pb.WEBHOOK_MODE_BATCHED,
                "ordering": subscription_pb.DELIVERY_ORDERING_BY_KEY,
            },
            "ordering: ",
        ),
    ],
)
async def test_a_bad_setting_is_refused_by_name_and_value(create, sink, refused, fields, named):
    code, _, _, message = await refused(create(sink, **fields))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert named in message


async def test_a_bad_secret_is_refused_and_not_repeated(create, sink, refused):
    code, _, _, message = await refused(create(sink, secret="whsec_c2hvcnQ="))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert "secret" in message
    assert "c2hvcnQ" not in message


async def test_an_unknown_stream_is_refused(create, sink, refused):
    code, reason, metadata, _ = await refused(create(sink, stream="streams/nowhere"))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND")
    assert metadata["resource_name"] == "streams/nowhere"


async def test_an_update_changes_what_the_mask_names_and_keeps_hidden_headers(
    create, client, sink, publish, event
):
    made = (await create(sink, headers={"x-key": "hunter2"}, description="old")).webhook
    wanted = pb.Webhook(
        name=made.name,
        etag=made.etag,
        url="https://ignored.example/",
        headers={"x-key": "", "x-more": "1"},
        description="new",
    )
    mask = FieldMask(paths=["description", "headers"])
    request = pb.UpdateWebhookRequest(webhook=wanted, update_mask=mask)
    after = (await client.UpdateWebhook(request)).webhook
    assert (after.description, after.url) == ("new", sink.url)
    assert after.etag != made.etag
    await publish(event())
    (received,) = await sink.count(1)
    assert (received.headers["x-key"], received.headers["x-more"]) == ("hunter2", "1")


@pytest.mark.parametrize("path", ["stream", "signature", "state", "nothing"])
async def test_a_mask_of_what_cant_be_changed_is_refused(create, client, sink, refused, path):
    webhook = pb.Webhook(name=(await create(sink)).webhook.name)
    request = pb.UpdateWebhookRequest(webhook=webhook, update_mask=FieldMask(paths=[path]))
    _, reason, _, message = await refused(client.UpdateWebhook(request))
    assert reason == "INVALID_UPDATE_MASK"
    assert repr(path) in message


async def test_a_stale_etag_changes_and_deletes_nothing(create, client, sink, refused):
    made = (await create(sink)).webhook
    change = pb.Webhook(name=made.name, description="x")
    await client.UpdateWebhook(pb.UpdateWebhookRequest(webhook=change))
    change.etag = made.etag
    _, reason, _, _ = await refused(client.UpdateWebhook(pb.UpdateWebhookRequest(webhook=change)))
    assert reason == "STALE_ETAG"
    stale = pb.DeleteWebhookRequest(name=made.name, etag=made.etag)
    _, reason, _, _ = await refused(client.DeleteWebhook(stale))
    assert reason == "STALE_ETAG"


async def test_a_list_pages_by_id(create, client, sink, unique):
    names = [(await create(sink, f"{unique}-{letter}")).webhook.name for letter in "cab"]
    found, token = [], ""
    while True:
        page = await client.ListWebhooks(pb.ListWebhooksRequest(page_size=1, page_token=token))
        found += [each.name for each in page.webhooks]
        token = page.next_page_token
        if not token:
            break
    assert [name for name in found if name in names] == sorted(names)


async def test_a_disabled_webhook_gets_nothing_and_goes_on_with_what_comes_later(
    create, client, sink, publish, event
):
    name = (await create(sink, disabled=True)).webhook.name
    got = await client.GetWebhook(pb.GetWebhookRequest(name=name))
    assert got.webhook.state == pb.WEBHOOK_STATE_DISABLED
    await publish(event())
    change = pb.UpdateWebhookRequest(
        webhook=pb.Webhook(name=name), update_mask=FieldMask(paths=["disabled"])
    )
    assert (await client.UpdateWebhook(change)).webhook.state == pb.WEBHOOK_STATE_ENABLED
    later = event()
    await publish(later)
    (received,) = await sink.count(1)
    assert received.events[0]["id"] == later.id


async def test_a_rotated_secret_signs_beside_the_older_ones_for_a_while(
    create, client, sink, publish, event, until
):
    from .test_delivery import hmac_signature

    created = await create(sink)
    name = created.webhook.name
    rotated = await client.RotateSecret(pb.RotateSecretRequest(name=name))
    await publish(event())
    (received,) = await sink.count(1)
    signatures = received.headers["webhook-signature"].split(" ")
    wanted = [hmac_signature(each, received) for each in (rotated.secret, created.secret)]
    assert signatures == wanted
    alone = pb.RotateSecretRequest(name=name)
    alone.overlap.seconds = 0
    last = await client.RotateSecret(alone)

    async def newest():
        before = len(sink.received)
        await publish(event())
        return (await sink.count(before + 1))[-1]

    # Workers hear of the change within moments.
    received = await until(newest, lambda found: " " not in found.headers["webhook-signature"])
    assert received.headers["webhook-signature"] == hmac_signature(last.secret, received)


async def test_no_more_than_five_secrets_sign_at_once(create, client, sink, refused):
    name = (await create(sink)).webhook.name
    for _ in range(4):
        await client.RotateSecret(pb.RotateSecretRequest(name=name))
    code, reason, _, _ = await refused(client.RotateSecret(pb.RotateSecretRequest(name=name)))
    assert (code, reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")


async def test_a_test_delivery_tells_what_came_back(create, client, open_sink):
    sink = await open_sink(lambda _: Answer(418, {"x-kind": "teapot"}, b"short and stout"))
    name = (await create(sink, disabled=True, headers={"x-key": "hunter2"})).webhook.name
    attempt = (await client.TestWebhook(pb.TestWebhookRequest(name=name))).attempt
    (received,) = sink.received
    assert received.events[0]["type"] == "oms.event.webhook.test.v1"
    assert attempt.delivery_id == received.id
    assert attempt.outcome == pb.ATTEMPT_OUTCOME_REFUSED
    assert attempt.http_status == 418
    assert attempt.response_headers["x-kind"] == "teapot"
    assert attempt.response_body == b"short and stout"
    assert "webhook-signature" not in attempt.request_headers
    assert attempt.request_headers["x-key"] == "***"


async def test_a_viewer_may_look_and_not_touch(create, connect, sink, refused):
    name = (await create(sink)).webhook.name
    viewer = await connect(token="viewer")
    await viewer.GetWebhook(pb.GetWebhookRequest(name=name))
    for call in (
        viewer.RotateSecret(pb.RotateSecretRequest(name=name)),
        viewer.DeleteWebhook(pb.DeleteWebhookRequest(name=name)),
        viewer.ReplayEvents(
            pb.ReplayEventsRequest(name=name, start=event_pb.StartPosition(beginning=True))
        ),
    ):
        code, *_ = await refused(call)
        assert code is grpc.StatusCode.PERMISSION_DENIED


async def test_a_deleted_webhook_leaves_nothing_behind(
    create, client, open_sink, publish, event, nats, deployment, retry, until, unique
):
    import psycopg

    sink = await open_sink(lambda _: Answer(500))
    name = (await create(sink, retry=retry(3600.0))).webhook.name
    await publish(event(), event())
    await sink.count(2)
    await client.DeleteWebhook(pb.DeleteWebhookRequest(name=name))
    js = await nats.jetstream()
    consumers = await js.consumers_info("OMS_DELIVERIES")
    assert not [each.name for each in consumers if unique in each.name]
    info = await js.stream_info("OMS_DELIVERIES", subjects_filter="oms.wh.>")
    assert not [subject for subject in info.state.subjects or {} if unique in subject]
    url = deployment.urls["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        for query in (
            "SELECT count(*) FROM oms_events.webhooks WHERE id = %s",
            "SELECT count(*) FROM oms_events.webhook_attempts a "
            "JOIN oms_events.webhook_leftovers l ON a.serial = l.serial "
            "WHERE l.token LIKE %s || '\\_%%'",
        ):
            cursor = await connection.execute(query, [f"{unique}-0"])
            assert await cursor.fetchone() == (0,)
