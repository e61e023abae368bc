"""Kinds of resources that have the same commands, one row each."""

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
from oms.scheduler.v1 import job_pb2, job_service_pb2, job_service_pb2_grpc

from oms_cli.output import enum_text, moment
from oms_cli.session import Session


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """How a kind of resource is named, on the command line and in the protos.

    Args:
        columns: Headers of a list.
        row: The cells of one resource beside its id.
        resources: Where the resource's message is, if not among `messages`.
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
    resources: Any = None

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
        return getattr(self.resources or self.messages, self.noun)()

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
    shown = enum_text(webhook_service_pb2.WebhookState, webhook.state)
    return (webhook.stream, shown, str(webhook.pending_count), webhook.url)


def _rule_row(rule: Any) -> tuple[str, ...]:
    target = rule.WhichOneof("target")
    where = getattr(rule, target) if target else ""
    state = "disabled" if rule.disabled else "enabled"
    return (rule.stream, where, state, str(rule.routed_count), str(rule.failed_count))


def _job_row(job: Any) -> tuple[str, ...]:
    failures = str(job.failures_in_a_row or "")
    state = enum_text(job_pb2.JobState, job.state)
    return (state, moment(job.next_fire_time), failures, _target(job.target), job.description)


def _target(target: Any) -> str:
    """What it does, on one line."""
    kind = target.WhichOneof("kind")
    if not kind:
        return ""
    what = {"grpc": "method", "http": "url", "event": "type", "task": "task"}[kind]
    return f"{kind} {getattr(getattr(target, kind), what)}"


STREAMS = ResourceKind(
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
SUBSCRIPTIONS = ResourceKind(
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
WEBHOOKS = ResourceKind(
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
ROUTING_RULES = ResourceKind(
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
JOBS = ResourceKind(
    command="jobs",
    title="job",
    collection="jobs",
    field="job",
    noun="Job",
    messages=job_service_pb2,
    stubs=job_service_pb2_grpc,
    columns=("STATE", "NEXT", "FAILURES", "TARGET", "DESCRIPTION"),
    row=_job_row,
    resources=job_pb2,
)
