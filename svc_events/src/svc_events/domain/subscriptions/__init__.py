"""Subscriptions: durable positions in a stream, and what names their deliveries."""
