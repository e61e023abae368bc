"""Streams mirrored to topics of Kafka."""
