"""Webhooks: what they are, and what becomes of their deliveries, without any I/O."""
