"""What OMS publishes and takes, as an AsyncAPI 3.0 document.

A channel for each event type, on which OMS sends what one can receive as server-sent events; a
channel for webhooks, whose address is the receiver's own; and one on which OMS receives events.

Source: AsyncAPI 3.0.0, and HTTP bindings 0.3.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from svc_events.domain.catalogue.model import EventTypeEntry
from svc_events.domain.events import SPEC_VERSION, to_json

_CLOUD_EVENT: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch+json"
_BINDING: Final = "0.3.0"
_ANY: Final = "CloudEvent"


def asyncapi(
    entries: Mapping[str, EventTypeEntry], *, base_url: str, version: str
) -> Mapping[str, Any]:
    """The document, as plain values.

    Args:
        version: Of the description: that of OMS.
    """
    return {
        "asyncapi": "3.0.0",
        "info": _info(version),
        "defaultContentType": _CLOUD_EVENT,
        "servers": {"gateway": _server(base_url)},
        "channels": {
            **{entry.type: _type_channel(entry) for entry in entries.values()},
            "webhooks": _webhook_channel(entries),
            "publish": _publish_channel(),
        },
        "operations": {
            **{f"send.{name}": _send(name) for name in entries},
            "deliver": _deliver(entries),
            "receive": _receive(),
        },
        "components": {
            "messages": {
                **{entry.type: _message(entry) for entry in entries.values()},
                _ANY: _any_message(),
            },
            "schemas": {
                **{entry.type: _plain(entry.data_schema) for entry in entries.values()},
                _ANY: _ENVELOPE,
            },
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token or an API key.",
                }
            },
        },
    }


def _info(version: str) -> Mapping[str, Any]:
    return {
        "title": "OMS events",
        "version": version,
        "description": "Events are CloudEvents 1.0.2. Those of a commit come in the order of the "
        "ids of what it changed, and its own event last; commits come in the order they were made. "
        "Each event is in the stream once; a consumer that dies between acting and acknowledging "
        "sees it again, with the same `source` and `id`.",
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _server(base_url: str) -> Mapping[str, Any]:
    parts = urlsplit(base_url)
    return {
        "host": parts.netloc,
        "protocol": parts.scheme,
        **({"pathname": parts.path} if parts.path else {}),
        "description": "The gateway.",
        "security": [_ref("components/securitySchemes/bearer")],
    }


def _type_channel(entry: EventTypeEntry) -> Mapping[str, Any]:
    return {
        "address": f"/v1/events:stream?type={entry.type}",
        "title": entry.type,
        "summary": entry.summary,
        "description": entry.description,
        "servers": [_ref("servers/gateway")],
        "messages": {entry.type: _ref(f"components/messages/{entry.type}")},
    }


def _webhook_channel(entries: Mapping[str, EventTypeEntry]) -> Mapping[str, Any]:
    return {
        "address": None,
        "title": "Webhooks",
        "description": "Events that match a webhook's filters, posted to its URL. Requests are "
        "signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.",
        "messages": {name: _ref(f"components/messages/{name}") for name in (*entries, _ANY)},
    }


def _publish_channel() -> Mapping[str, Any]:
    return {
        "address": "/v1/events",
        "title": "Publish",
        "description": "Events of others. Types that begin with `oms.` are published by OMS alone.",
        "servers": [_ref("servers/gateway")],
        "messages": {_ANY: _ref(f"components/messages/{_ANY}")},
    }


def _send(name: str) -> Mapping[str, Any]:
    query = {"type": "object", "properties": {"type": {"type": "string", "const": name}}}
    return {
        "action": "send",
        "channel": _ref(f"channels/{name}"),
        "summary": f"Receive {name} as server-sent events.",
        "messages": [_ref(f"channels/{name}/messages/{name}")],
        "bindings": {"http": {"method": "GET", "query": query, "bindingVersion": _BINDING}},
    }


def _deliver(entries: Mapping[str, EventTypeEntry]) -> Mapping[str, Any]:
    return {
        "action": "send",
        "channel": _ref("channels/webhooks"),
        "summary": "Receive events at a webhook.",
        "messages": [_ref(f"channels/webhooks/messages/{name}") for name in (*entries, _ANY)],
        "bindings": {"http": {"method": "POST", "bindingVersion": _BINDING}},
    }


def _receive() -> Mapping[str, Any]:
    return {
        "action": "receive",
        "channel": _ref("channels/publish"),
        "summary": "Publish an event, structured, binary or batched.",
        "messages": [_ref(f"channels/publish/messages/{_ANY}")],
        "bindings": {"http": {"method": "POST", "bindingVersion": _BINDING}},
    }


def _message(entry: EventTypeEntry) -> Mapping[str, Any]:
    return {
        "name": entry.type,
        "title": entry.type,
        "summary": entry.summary,
        "contentType": _CLOUD_EVENT,
        "payload": {
            "allOf": [
                _ref(f"components/schemas/{_ANY}"),
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": entry.type},
                        "data": _ref(f"components/schemas/{entry.type}"),
                        **{name: {} for name in entry.extensions},
                    },
                    "required": ["data"],
                },
            ]
        },
        "bindings": {"http": _HEADERS},
        "examples": [{"name": "example", "payload": json.loads(to_json(entry.example))}],
    }


def _any_message() -> Mapping[str, Any]:
    return {
        "name": _ANY,
        "title": "Any CloudEvent",
        "summary": f"An event of any type. A batch is sent as {_BATCH}.",
        "contentType": _CLOUD_EVENT,
        "payload": _ref(f"components/schemas/{_ANY}"),
        "bindings": {"http": _HEADERS},
    }


def _ref(place: str) -> Mapping[str, str]:
    # A slash inside a name would be `~1`; no name here has one.
    return {"$ref": f"#/{place}"}


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema inside the document: `$id` would move what references are resolved against."""
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


_HEADERS: Final = {
    "headers": {
        "type": "object",
        "properties": {"content-type": {"type": "string", "const": _CLOUD_EVENT}},
    },
    "bindingVersion": _BINDING,
}
_ENVELOPE: Final = {
    "type": "object",
    "title": "CloudEvent",
    "description": "An event in the JSON format of CloudEvents 1.0.2.",
    "properties": {
        "specversion": {"const": SPEC_VERSION},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1, "format": "uri-reference"},
        "type": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "minLength": 1},
        "dataschema": {"type": "string", "format": "uri"},
        "data": {},
        "data_base64": {"type": "string", "contentEncoding": "base64"},
    },
    "required": ["specversion", "id", "source", "type"],
}
