"""Events as CloudEvents 1.0.2 defines them, their JSON format and their HTTP binding."""

from svc_events.domain.events.assembling import event_of
from svc_events.domain.events.data import DataKind, EventData
from svc_events.domain.events.event import CORE, OPTIONAL, REQUIRED, SPEC_VERSION, CloudEvent
from svc_events.domain.events.http_binding import (
    ContentMode,
    HttpMessage,
    content_mode,
    from_http,
    from_http_binary,
    to_http_batched,
    to_http_binary,
    to_http_structured,
)
from svc_events.domain.events.json_format import (
    from_json,
    from_json_batch,
    to_json,
    to_json_batch,
)
from svc_events.domain.events.timestamp import Timestamp
from svc_events.domain.events.values import (
    AttributeType,
    AttributeValue,
    Uri,
    UriReference,
    canonical,
    parse_canonical,
    type_of,
)

__all__ = [
    "CORE",
    "OPTIONAL",
    "REQUIRED",
    "SPEC_VERSION",
    "AttributeType",
    "AttributeValue",
    "CloudEvent",
    "ContentMode",
    "DataKind",
    "EventData",
    "HttpMessage",
    "Timestamp",
    "Uri",
    "UriReference",
    "canonical",
    "content_mode",
    "event_of",
    "from_http",
    "from_http_binary",
    "from_json",
    "from_json_batch",
    "parse_canonical",
    "to_http_batched",
    "to_http_binary",
    "to_http_structured",
    "to_json",
    "to_json_batch",
    "type_of",
]
