"""What people configure of events, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oms.event.v1 import (
    routing_rule_service_pb2,
    routing_rule_service_pb2_grpc,
    stream_service_pb2,
    stream_service_pb2_grpc,
    subscription_service_pb2,
    subscription_service_pb2_grpc,
    webhook_service_pb2,
    webhook_service_pb2_grpc,
)

from oms_cli.output import moment
from oms_cli.session import Session


@dataclass(frozen=True, slots=True)
class EventKind:
    """How a kind of resource is named, on the command line and in the protos.

    Args:
        columns: Headers of a list.
        row: The cells of one resource beside its id.
    """

    command: str
    title: str
    collection: str
    field: str
    noun: str
    messages: Any
    stubs: Any
    columns: tuple[str, ...]
    row: Callable[[Any], tuple[str, ...]]

    def request(self, verb: str, **fields: Any) -> Any:
        """A request such as `CreateWebhookRequest`."""
        return getattr(self.messages, f"{verb}{self._noun(verb)}Request")(**fields)

    def method(self, session: Session, verb: str) -> Any:
        """A method such as `CreateWebhook`."""
        return getattr(self.stub(session), f"{verb}{self._noun(verb)}")

    def stub(self, session: Session) -> Any:
        """The stub of the kind's service."""
        return getattr(self.stubs, f"{self.noun}ServiceStub")(session.channel)

    def resource(self) -> Any:
        """An empty resource."""
        return getattr(self.messages, self.noun)()

    def name(self, resource_id: str) -> str:
        """The resource name."""
        return f"{self.collection}/{resource_id}"

    def _noun(self, verb: str) -> str:
        return f"{self.noun}s" if verb == "List" else self.noun


def _stream_row(stream: Any) -> tuple[str, ...]:
    last = moment(stream.last_publish_time)
    return (str(stream.event_count), str(stream.size_bytes), last, stream.description)


def _subscription_row(subscription: Any) -> tuple[str, ...]:
    return (
        subscription.selection.stream,
        str(subscription.pending_count),
        str(subscription.outstanding_count),
        subscription.description,
    )


def _webhook_row(webhook: Any) -> tuple[str, ...]:
    state = webhook_service_pb2.WebhookState.Name(webhook.state)
    shown = state.removeprefix("WEBHOOK_STATE_").lower()
    return (webhook.stream, shown, str(webhook.pending_count), webhook.url)


def _rule_row(rule: Any) -> tuple[str, ...]:
    target = rule.WhichOneof("target")
    where = getattr(rule, target) if target else ""
    state = "disabled" if rule.disabled else "enabled"
    return (rule.stream, where, state, str(rule.routed_count), str(rule.failed_count))


STREAMS = EventKind(
    command="streams",
    title="stream",
    collection="streams",
    field="stream",
    noun="Stream",
    messages=stream_service_pb2,
    stubs=stream_service_pb2_grpc,
    columns=("EVENTS", "BYTES", "LAST", "DESCRIPTION"),
    row=_stream_row,
)
SUBSCRIPTIONS = EventKind(
    command="subscriptions",
    title="subscription",
    collection="subscriptions",
    field="subscription",
    noun="Subscription",
    messages=subscription_service_pb2,
    stubs=subscription_service_pb2_grpc,
    columns=("STREAM", "PENDING", "OUTSTANDING", "DESCRIPTION"),
    row=_subscription_row,
)
WEBHOOKS = EventKind(
    command="webhooks",
    title="webhook",
    collection="webhooks",
    field="webhook",
    noun="Webhook",
    messages=webhook_service_pb2,
    stubs=webhook_service_pb2_grpc,
    columns=("STREAM", "STATE", "PENDING", "URL"),
    row=_webhook_row,
)
ROUTING_RULES = EventKind(
    command="routing-rules",
    title="routing rule",
    collection="routingRules",
    field="routing_rule",
    noun="RoutingRule",
    messages=routing_rule_service_pb2,
    stubs=routing_rule_service_pb2_grpc,
    columns=("STREAM", "TARGET", "STATE", "ROUTED", "FAILED"),
    row=_rule_row,
)
