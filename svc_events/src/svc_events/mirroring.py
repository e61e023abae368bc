"""Composition of the bridge to Kafka."""

from __future__ import annotations

from oms_rpc import ServiceContext

from svc_events.adapters.kafka.bridge import KafkaBridge, Mirror
from svc_events.adapters.kafka.producer import KafkaProducer
from svc_events.adapters.webhooks.reading import StreamReader
from svc_events.kafka_settings import KafkaSettings
from svc_events.resources import Resources


def add_kafka(ctx: ServiceContext, resources: Resources, settings: KafkaSettings) -> None:
    """Mirrors streams in the background, when Kafka is configured.

    Raises:
        SettingsError: it is, and aiokafka is not installed.
    """
    if not settings.bootstrap:
        return
    mirror = Mirror(
        topics=settings.topic_of,
        mode=settings.mode,
        max_bytes=settings.max_message_bytes,
        public_url=resources.settings.public_url,
    )
    bridge = KafkaBridge(
        resources.schema, StreamReader(resources.nats), KafkaProducer(settings), mirror
    )
    if resources.nats.is_configured and resources.schema.is_configured:
        ctx.add_worker("kafka", bridge.run)
