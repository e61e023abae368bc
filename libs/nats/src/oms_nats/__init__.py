"""A connection to NATS with JetStream."""

from oms_nats.connection import NatsConnection
from oms_nats.errors import unavailable
from oms_nats.pulling import ConsumerGone, Puller
from oms_nats.settings import NatsSettings

__all__ = ["ConsumerGone", "NatsConnection", "NatsSettings", "Puller", "unavailable"]
