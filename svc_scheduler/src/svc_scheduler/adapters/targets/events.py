"""Targets that publish a CloudEvent."""

from __future__ import annotations

import json
from typing import Any, Final

import grpc
from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp
from io_cloudevents.v1 import cloudevents_pb2
from oms.event.v1 import event_service_pb2 as pb
from oms.event.v1 import event_service_pb2_grpc as pb_grpc
from oms_core.errors import InvalidField
from oms_rpc.stages.validation import field_violations

from svc_scheduler.adapters.targets.lending import (
    LONGEST_CALL_S,
    OpenChannel,
    failed_call,
    metadata_of,
)
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.domain.targets.attempts import Attempt
from svc_scheduler.domain.targets.model import ABSENT, Json, Publication

PUBLISH: Final = "oms.event.v1.EventService/Publish"
FENCING_EXTENSION: Final = "omsfence"
_OWN_TYPES: Final = "oms."
MAX_DATA_BYTES: Final = 256 * 1024
"""Bytes of an event's data, in JSON."""


class Events:
    """Publishes events whose id is the run's name: once in the stream however often it is tried."""

    def __init__(self, channel: OpenChannel, methods: Methods) -> None:
        self._channel = channel
        self._permission = methods.permission_of(PUBLISH)

    def check(self, target: Publication, field: str) -> frozenset[str]:
        """See `TargetRunner.check`. What a stream takes is known when the event is published."""
        where = f"{field}.event"
        if target.type.lower().startswith(_OWN_TYPES):
            raise InvalidField.of(f"{where}.type", f"{target.type!r} is one of OMS's own types")
        for name, text in (("type", target.type), ("subject", target.subject)):
            if not text.isprintable() or text != text.strip():
                raise InvalidField.of(f"{where}.{name}", "is no printable text")
        request = pb.PublishRequest(parent=f"streams/{target.stream}", event={"id": "run"})
        if any(violation.field == "parent" for violation in field_violations(request)):
            raise InvalidField.of(f"{where}.stream", f"{target.stream!r} is no id of a stream")
        size = len(_data(target, f"{where}.data"))
        if size > MAX_DATA_BYTES:
            most = MAX_DATA_BYTES
            raise InvalidField.of(f"{where}.data", f"has {size} bytes; {most} are the most")
        return frozenset({self._permission})

    async def run(self, target: Publication, attempt: Attempt) -> Json:
        """See `TargetRunner.run`. Returns the event's place in the stream."""
        stub: Any = pb_grpc.EventServiceStub(self._channel("events"))
        request = pb.PublishRequest(
            parent=f"streams/{target.stream}", event=_event(target, attempt)
        )
        try:
            response: pb.PublishResponse = await stub.Publish(
                request, metadata=metadata_of(attempt), timeout=LONGEST_CALL_S
            )
        except grpc.aio.AioRpcError as exc:
            raise failed_call(exc) from exc
        return json_format.MessageToDict(response.publication)


def _event(target: Publication, attempt: Attempt) -> cloudevents_pb2.CloudEvent:
    job = attempt.run.partition("/runs/")[0]
    event = cloudevents_pb2.CloudEvent(
        id=attempt.run, source=f"/{job}", spec_version="1.0", type=target.type
    )
    attributes = event.attributes
    fire_time = Timestamp()
    fire_time.FromDatetime(attempt.fire_time)
    attributes["time"].ce_timestamp.CopyFrom(fire_time)
    # As text, since an integer of CloudEvents ends at 2^31.
    attributes[FENCING_EXTENSION].ce_string = str(attempt.fencing_token)
    if target.subject:
        attributes["subject"].ce_string = target.subject
    data = _data(target, "event.data")
    if data:
        attributes["datacontenttype"].ce_string = "application/json"
        event.text_data = data.decode()
    return event


def _data(target: Publication, field: str) -> bytes:
    if target.data is ABSENT:
        return b""
    try:
        text = json.dumps(target.data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return text.encode()
    except (ValueError, RecursionError):
        raise InvalidField.of(field, "can't be written as JSON") from None
