"""Events reach endpoints, signed, in each mode."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from oms.event.v1 import webhook_service_pb2 as pb

# The signature is checked by its definition alone, without the library that made it.


def hmac_signature(secret: str, received) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = received.headers["webhook-timestamp"]
    content = b".".join([received.id.encode(), stamp.encode(), received.body])
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


async def test_an_event_arrives_structured_and_signed(create, sink, publish, event):
    secret = (await create(sink)).secret
    sent = event("zone-7", extensions={"tenant": "acme"})
    await publish(sent)
    (received,) = await sink.count(1)
    assert received.method == "POST"
    assert received.path == "/hook"
    assert received.headers["content-type"].startswith("application/cloudevents+json")
    assert received.events == [
        {
            "specversion": "1.0",
            "id": sent.id,
            "source": "/tests",
            "type": sent.type,
            "subject": "zone-7",
            "datacontenttype": "application/json",
            "tenant": "acme",
            "data": {"n": 1},
        }
    ]
    assert received.headers["webhook-signature"] == hmac_signature(secret, received)


async def test_ed25519_signatures_verify_with_the_public_key(create, sink, publish, event):
    response = await create(sink, signature=pb.SIGNATURE_SCHEME_ED25519)
    assert response.secret == ""
    (public_key,) = response.webhook.public_keys
    await publish(event())
    (received,) = await sink.count(1)
    version, _, signature = received.headers["webhook-signature"].partition(",")
    assert version == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    stamp = received.headers["webhook-timestamp"]
    key.verify(
        base64.b64decode(signature),
        b".".join([received.id.encode(), stamp.encode(), received.body]),
    )


async def test_binary_mode_has_attributes_as_headers_and_data_as_body(create, sink, publish, event):
    await create(sink, mode=pb.WEBHOOK_MODE_BINARY, headers={"x-tenant": "acme"})
    sent = event("a b")
    await publish(sent)
    (received,) = await sink.count(1)
    assert received.body == b'{"n":1}'
    assert received.headers["ce-id"] == sent.id
    assert received.headers["ce-subject"] == "a%20b"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["x-tenant"] == "acme"


async def test_batched_mode_puts_waiting_events_into_few_requests(
    create, open_sink, publish, event
):
    sink = await open_sink()
    await create(sink, mode=pb.WEBHOOK_MODE_BATCHED, batch_size=10, max_concurrency=1)
    sent = [event() for _ in range(60)]
    await publish(*sent)
    got = await sink.until(lambda all_: sum(len(each.events) for each in all_) >= 60)
    assert sorted(each["id"] for one in got for each in one.events) == sorted(e.id for e in sent)
    assert max(len(each.events) for each in got) <= 10
    assert len(got) < 60
    assert got[0].headers["content-type"].startswith("application/cloudevents-batch+json")


async def test_only_events_that_match_all_filters_arrive(create, sink, publish, event, unique):
    await create(
        sink,
        filters=[
            {"exact": {"values": {"type": f"{unique}.happened"}}},
            {"sql": "subject LIKE 'zone-%'"},
            {"not": {"suffix": {"values": {"subject": "-9"}}}},
        ],
    )
    wanted = event("zone-1")
    await publish(event("road-1"), event("zone-9"), wanted, event())
    last = event("zone-2")
    await publish(last)
    got = await sink.count(2)
    assert [each.events[0]["id"] for each in got] == [wanted.id, last.id]


async def test_events_from_before_its_creation_are_not_for_it(create, sink, publish, event):
    await publish(event())
    await create(sink)
    later = event()
    await publish(later)
    (received,) = await sink.count(1)
    assert received.events[0]["id"] == later.id


async def test_two_webhooks_get_the_same_event_under_ids_of_their_own(
    create, open_sink, publish, event
):
    first, second = await open_sink(), await open_sink()
    await create(first)
    await create(second)
    await publish(event())
    (one,), (other,) = await first.count(1), await second.count(1)
    assert one.events == other.events
    assert one.id != other.id
