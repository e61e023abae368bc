"""Starts real PostgreSQL, Valkey, NATS and Envoy from Python wheels."""
