"""The entries of what the service tells about its own work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from svc_events.domain.catalogue import names, schemas
from svc_events.domain.catalogue.model import EventTypeEntry, Schema
from svc_events.domain.events import CloudEvent, EventData, Timestamp
from svc_events.domain.events.data import JSON
from svc_events.domain.relay.translation import schema_url

_TIME: Final = Timestamp("2026-01-31T12:00:00Z")
_ABOUT: Final = {
    "name": "streams/events/events/4711",
    "id": f"{'5f' * 32}:0",
    "source": "/ontologies/brick/branches/main",
    "type": "oms.ontology.object_type.updated.v1",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One event type, with the members of its data and an example of them.

    `resource` is the template of its subject, and `named` the subject of the example.
    """

    type: str
    summary: str
    description: str
    resource: str
    named: str
    properties: Mapping[str, Schema]
    optional: tuple[str, ...]
    data: Mapping[str, Any]


_WEBHOOK: Final = schemas.text("Resource name of the webhook.")
_ROWS: Final = (
    _Row(
        names.WEBHOOK_TEST,
        "A webhook is tried out.",
        "Delivered by `WebhookService.TestWebhook` to that webhook alone, and kept nowhere.",
        "webhooks/{webhook}",
        "webhooks/audit",
        {"webhook": _WEBHOOK},
        (),
        {"webhook": "webhooks/audit"},
    ),
    _Row(
        names.WEBHOOK_SUSPENDED,
        "A webhook was suspended.",
        "Published once when a webhook is suspended because its endpoint answered 410 or failed "
        "for too long. Not delivered to the webhook itself.",
        "webhooks/{webhook}",
        "webhooks/audit",
        {"webhook": _WEBHOOK, "reason": schemas.text("Why.")},
        (),
        {"webhook": "webhooks/audit", "reason": "the endpoint answered 410 Gone"},
    ),
    _Row(
        names.WEBHOOK_DEAD_LETTERED,
        "An event could not be delivered to a webhook.",
        "Published when the last attempt failed and the event became a dead letter. Not delivered "
        "to the webhook itself.",
        "webhooks/{webhook}",
        "webhooks/audit",
        {
            "webhook": _WEBHOOK,
            "dead_letter": schemas.text("Resource name of the dead letter."),
            "event": schemas.event_properties(),
            "attempt_count": schemas.whole("How often it was tried.", least=1),
            "last_error": schemas.text("Why the last attempt failed."),
            "last_http_status": schemas.whole("Status of the last answer; 0 when there was none."),
        },
        ("last_error", "last_http_status"),
        {
            "webhook": "webhooks/audit",
            "dead_letter": "webhooks/audit/deadLetters/17",
            "event": _ABOUT,
            "attempt_count": 10,
            "last_error": "the endpoint answered 503",
            "last_http_status": 503,
        },
    ),
    _Row(
        names.EVENT_ABANDONED,
        "An event was given up by a subscription.",
        "Published when an event was delivered `max_attempts` times and never acknowledged.",
        "subscriptions/{subscription}",
        "subscriptions/search-index",
        {
            "subscription": schemas.text("Resource name of the subscription."),
            "event": schemas.event_properties(),
            "attempt_count": schemas.whole("How often it was delivered.", least=1),
        },
        (),
        {"subscription": "subscriptions/search-index", "event": _ABOUT, "attempt_count": 5},
    ),
    _Row(
        names.ROUTING_LOOP,
        "An event went in a circle of routing rules.",
        "Published when an event would have passed more rules than it may; it was dropped there.",
        "routingRules/{routing_rule}",
        "routingRules/mirror",
        {
            "routing_rule": schemas.text("Resource name of the rule it would have passed."),
            "event": schemas.event_properties(),
            "route": {
                "type": "array",
                "description": "Resource names of the rules it passed, in order.",
                "items": schemas.text("Resource name of a rule."),
            },
        },
        (),
        {
            "routing_rule": "routingRules/mirror",
            "event": _ABOUT,
            "route": ["routingRules/copy", "routingRules/mirror", "routingRules/copy"],
        },
    ),
)


def own_entries(base_url: str) -> Iterator[EventTypeEntry]:
    """The entries, in no order.

    Args:
        base_url: Where the API is reached.
    """
    for row in _ROWS:
        url = schema_url(base_url, row.type)
        yield EventTypeEntry(
            type=row.type,
            summary=row.summary,
            description=row.description,
            producer="svc_events",
            source_template=f"/{row.resource}",
            subject_template=row.resource,
            extensions=(),
            data_schema=schemas.data_schema(url, row.type, row.properties, optional=row.optional),
            example=_example(row, url),
        )


def _example(row: _Row, url: str) -> CloudEvent:
    return CloudEvent(
        id="0199f2a4-6d0e-7cc3-98c5-2b7f0a1d9e10",
        source=f"/{row.named}",
        type=row.type,
        subject=row.named,
        time=_TIME,
        datacontenttype=JSON,
        dataschema=url,
        data=EventData.text(json.dumps(row.data)),
    )
