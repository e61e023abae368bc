"""Which of a consumer's messages are for the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from io_cloudevents.v1 import cloudevents_pb2
from oms_core.errors import InvalidEvent
from oms_core.logging import get_logger

from svc_events.convert import event_from_pb
from svc_events.domain.filters import EVERYTHING, Facts, Filter, compile_filter

if TYPE_CHECKING:
    from nats.aio.msg import Msg


class Selector:
    """Asks a filter about messages. One that holds no event matches nothing, and is logged."""

    def __init__(self, wanted: Filter) -> None:
        self._matches = None if wanted == EVERYTHING else compile_filter(wanted)
        self._log = get_logger()

    def selects(self, message: Msg) -> bool:
        """Whether the subscriber wants the event in a message."""
        if self._matches is None:
            return True
        try:
            event = event_from_pb(cloudevents_pb2.CloudEvent.FromString(message.data))
        except (DecodeError, InvalidEvent) as exc:
            self._log.error("not an event", subject=message.subject, error=type(exc).__name__)
            return False
        return self._matches(Facts.of(event))
