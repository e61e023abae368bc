"""Subscriptions, webhooks and routing rules: over gRPC and REST, in both topologies."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as events
from oms.event.v1 import filter_pb2
from oms.event.v1 import routing_rule_service_pb2 as rules
from oms.event.v1 import stream_service_pb2 as streams
from oms.event.v1 import subscription_service_pb2 as subscriptions
from oms.event.v1 import webhook_service_pb2 as webhooks
from oms_testing.e2e import Api

_PATIENCE_S = 60
_BATCHED = "application/cloudevents-batch+json"


@pytest.fixture
def own_id() -> str:
    """An id that no other test uses."""
    return f"e2e-{secrets.token_hex(6)}"


@pytest.fixture
async def stream(api: Api, own_id: str) -> AsyncIterator[str]:
    """A stream of its own for a test."""
    made = await api(streams.CreateStreamRequest(stream_id=own_id))
    yield made.stream.name
    await api(streams.DeleteStreamRequest(name=made.stream.name))


async def _publish(api: Api, stream: str, *event_ids: str) -> None:
    members = [
        {"id": each, "source": "/e2e", "specversion": "1.0", "type": "com.acme.made"}
        | {"subject": each, "data": {"n": 1}}
        for each in event_ids
    ]
    request = events.ReceiveEventsRequest(parent=stream)
    request.body.content_type = _BATCHED
    request.body.data = json.dumps(members).encode()
    if api.protocol == "grpc":
        await api(request)
    else:
        await api.upload(request, request.body.data, content_type=_BATCHED)


async def _until(ask: Callable[[], Awaitable[Any]], is_right: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(_PATIENCE_S):
        while not is_right(answer := await ask()):  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.05)
        return answer


async def _pulled(api: Api, name: str) -> list[Any]:
    request = subscriptions.PullRequest(name=name, max_events=10, wait=Duration(seconds=20))
    answer = await _until(lambda: api(request), lambda found: bool(found.events))
    return list(answer.events)


async def test_a_subscription_delivers_acknowledges_and_is_moved(
    api: Api, stream: str, own_id: str, failing: Any
) -> None:
    selection = events.Selection(
        stream=stream,
        filters=[filter_pb2.Filter(sql="type LIKE 'com.acme.%'")],
        start=events.StartPosition(beginning=True),
    )
    wanted = subscriptions.Subscription(
        selection=selection, ordering=subscriptions.DELIVERY_ORDERING_BY_KEY
    )
    create = subscriptions.CreateSubscriptionRequest(subscription_id=own_id, subscription=wanted)
    made = (await api(create)).subscription
    assert made.name == f"subscriptions/{own_id}"
    error = await failing(api(create))
    assert (error.code, error.reason) == ("ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS")
    await _publish(api, stream, "1")
    (first,) = await _pulled(api, made.name)
    assert (first.event.event.id, first.attempt) == ("1", 1)
    await api(subscriptions.ExtendDeadlineRequest(name=made.name, ack_ids=[first.ack_id]))
    await api(subscriptions.RejectRequest(name=made.name, ack_ids=[first.ack_id]))
    (again,) = await _pulled(api, made.name)
    assert again.event.event.id == "1"
    assert again.attempt > first.attempt
    await api(subscriptions.AcknowledgeRequest(name=made.name, ack_ids=[again.ack_id]))
    await api(
        subscriptions.SeekSubscriptionRequest(
            name=made.name, position=events.StartPosition(beginning=True)
        )
    )
    (moved,) = await _pulled(api, made.name)
    assert moved.event.event.id == "1"
    made.description = "changed"
    update = subscriptions.UpdateSubscriptionRequest(subscription=made)
    update.update_mask.paths.append("description")
    update.subscription.etag = ""
    assert (await api(update)).subscription.description == "changed"
    listed = await api(subscriptions.ListSubscriptionsRequest(stream=stream))
    assert [each.name for each in listed.subscriptions] == [made.name]
    error = await failing(api(streams.DeleteStreamRequest(name=stream)))
    assert error.reason == "RESOURCE_IN_USE"
    await api(subscriptions.DeleteSubscriptionRequest(name=made.name))
    error = await failing(api(subscriptions.GetSubscriptionRequest(name=made.name)))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_a_webhook_is_made_changed_and_asked_about(
    api: Api, stream: str, own_id: str, failing: Any
) -> None:
    hostile = webhooks.Webhook(url="https://169.254.169.254/latest", stream=stream)
    refused = await failing(api(webhooks.CreateWebhookRequest(webhook_id=own_id, webhook=hostile)))
    assert (refused.code, refused.reason) == ("INVALID_ARGUMENT", "URL_REFUSED")
    # A name that RFC 2606 keeps from being resolved by anybody.
    wanted = webhooks.Webhook(
        url="https://webhook.invalid/hook",
        stream=stream,
        headers={"x-team": "orders"},
        retry=events.RetryDelays(),
        timeout=Duration(seconds=1),
        signature=webhooks.SIGNATURE_SCHEME_HMAC_SHA256,
    )
    made = await api(webhooks.CreateWebhookRequest(webhook_id=own_id, webhook=wanted))
    name = made.webhook.name
    assert made.secret.startswith("whsec_")
    assert made.webhook.state == webhooks.WEBHOOK_STATE_ENABLED
    rotated = await api(webhooks.RotateSecretRequest(name=name))
    assert rotated.secret not in {"", made.secret}
    tested = (await api(webhooks.TestWebhookRequest(name=name))).attempt
    # By when a resolver answers that there is no such name is up to the resolver.
    assert tested.outcome in {
        webhooks.ATTEMPT_OUTCOME_UNREACHABLE,
        webhooks.ATTEMPT_OUTCOME_TIMED_OUT,
    }
    change = webhooks.UpdateWebhookRequest(webhook=webhooks.Webhook(name=name, disabled=True))
    change.update_mask.paths.append("disabled")
    assert (await api(change)).webhook.state == webhooks.WEBHOOK_STATE_DISABLED
    read = (await api(webhooks.GetWebhookRequest(name=name))).webhook
    assert read.headers["x-team"] != "orders"  # what may be a secret is never shown again
    listed = await api(webhooks.ListWebhooksRequest(page_size=1000))
    assert name in [each.name for each in listed.webhooks]
    assert not (await api(webhooks.ListAttemptsRequest(parent=name))).attempts
    assert not (await api(webhooks.ListDeadLettersRequest(parent=name))).dead_letters
    statistics = await api(webhooks.GetWebhookStatisticsRequest(name=name))
    assert statistics.attempt_count == 0
    await api(webhooks.DeleteWebhookRequest(name=name))
    error = await failing(api(webhooks.GetWebhookRequest(name=name)))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")


async def test_a_rule_copies_what_it_was_tried_with(
    api: Api, stream: str, own_id: str, failing: Any
) -> None:
    target = (await api(streams.CreateStreamRequest(stream_id=f"{own_id}-copy"))).stream.name
    rule = rules.RoutingRule(
        stream=stream,
        filters=[filter_pb2.Filter(sql="subject = 'a'")],
        transform=rules.EventTransform(attributes={"type": "com.acme.copied"}),
        target_stream=target,
    )
    event = cloudevents_pb2.CloudEvent(
        id="1", source="/e2e", spec_version="1.0", type="com.acme.made"
    )
    event.attributes["subject"].ce_string = "a"
    tried = await api(rules.TestRoutingRuleRequest(routing_rule=rule, event=event))
    assert (tried.matched, tried.event.type) == (True, "com.acme.copied")
    wrong = rules.RoutingRule(
        stream=stream, filters=[filter_pb2.Filter(sql="subject =")], target_stream=target
    )
    error = await failing(
        api(rules.CreateRoutingRuleRequest(routing_rule_id=own_id, routing_rule=wrong))
    )
    assert (error.code, error.reason) == ("INVALID_ARGUMENT", "INVALID_FIELD")
    (field,) = error.fields
    assert field.endswith("filters[0].sql")
    made = await api(rules.CreateRoutingRuleRequest(routing_rule_id=own_id, routing_rule=rule))
    name = made.routing_rule.name
    await _publish(api, stream, "b", "a")
    request = events.ListEventsRequest(parent=target)
    copied = await _until(lambda: api(request), lambda found: bool(found.events))
    assert [(each.event.type, each.event.id) for each in copied.events] == [
        ("com.acme.copied", "a")
    ]
    counted = await _until(
        lambda: api(rules.GetRoutingRuleRequest(name=name)),
        lambda found: found.routing_rule.routed_count == 1,
    )
    assert counted.routing_rule.failed_count == 0
    listed = await api(rules.ListRoutingRulesRequest(page_size=1000))
    assert name in [each.name for each in listed.routing_rules]
    await api(rules.DeleteRoutingRuleRequest(name=name))
    error = await failing(api(rules.GetRoutingRuleRequest(name=name)))
    assert (error.code, error.reason) == ("NOT_FOUND", "RESOURCE_NOT_FOUND")
    await api(streams.DeleteStreamRequest(name=target))
