"""Consumes events of OMS."""

from oms_events.consumer import Consumer, Handler, RejectEvent
from oms_events.inbox import Inbox

__all__ = ["Consumer", "Handler", "Inbox", "RejectEvent"]
