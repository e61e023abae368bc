"""Streams and consumers of JetStream."""
