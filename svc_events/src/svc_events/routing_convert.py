"""Routing rules between proto and the domain."""

from __future__ import annotations

from typing import Any

from oms.event.v1 import routing_rule_service_pb2 as pb
from oms_core.errors import InvalidField

from svc_events.domain.routing.rule import Rule, Settings, Target, TargetKind, Transform, rule_name
from svc_events.filter_convert import filters_from_plain, filters_to_plain
from svc_events.stream_convert import timestamp_or_none

_COLLECTIONS = {TargetKind.STREAM: "streams", TargetKind.WEBHOOK: "webhooks"}


def id_of(name: str, *, field: str = "name") -> str:
    """The id in the name of a rule.

    Raises:
        InvalidField: it is no name of a rule.
    """
    collection, _, rule_id = name.partition("/")
    if collection != "routingRules" or not rule_id or "/" in rule_id:
        raise InvalidField.of(field, f"{name[:100]!r} is not routingRules/{{routing_rule}}")
    return rule_id


def settings_from_pb(message: pb.RoutingRule) -> Settings:
    """The settings of a rule."""
    transform = message.transform
    return Settings(
        description=message.description,
        filters=tuple(filters_to_plain(message.filters)),
        transform=Transform(dict(transform.attributes), transform.data),
        target=_target_from_pb(message),
        is_disabled=message.disabled,
    )


def settings_to_pb(rule: Rule) -> pb.RoutingRule:
    """The fields of a rule that can be changed, and its name."""
    settings = rule.settings
    message = pb.RoutingRule(
        name=rule_name(rule.id),
        description=settings.description,
        filters=filters_from_plain(settings.filters),
        disabled=settings.is_disabled,
        **_target_to_pb(settings.target),
    )
    if settings.transform.attributes or settings.transform.data:
        message.transform.attributes.update(settings.transform.attributes)
        message.transform.data = settings.transform.data
    return message


def rule_to_pb(rule: Rule) -> pb.RoutingRule:
    """A rule with everything that is known of it."""
    message = settings_to_pb(rule)
    message.stream = f"streams/{rule.stream}"
    message.routed_count = rule.counts.routed
    message.failed_count = rule.counts.failed
    message.last_error = rule.counts.last_error
    message.etag = rule.etag
    message.created_by = rule.created_by
    for name, moment in (("create_time", rule.created_at), ("update_time", rule.updated_at)):
        stamp = timestamp_or_none(moment)
        if stamp is not None:
            getattr(message, name).CopyFrom(stamp)
    return message


def _target_from_pb(message: pb.RoutingRule) -> Target | None:
    match message.WhichOneof("target"):
        case "target_stream":
            return Target(TargetKind.STREAM, message.target_stream.partition("/")[2])
        case "target_webhook":
            return Target(TargetKind.WEBHOOK, message.target_webhook.partition("/")[2])
        case "target_subject":
            return Target(TargetKind.SUBJECT, message.target_subject)
        case _:
            return None


def _target_to_pb(target: Target | None) -> dict[str, Any]:
    if target is None:
        return {}
    collection = _COLLECTIONS.get(target.kind)
    value = f"{collection}/{target.id}" if collection else target.id
    return {f"target_{target.kind.value}": value}
