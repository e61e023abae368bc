"""Webhooks in PostgreSQL, their work queue in JetStream, and their delivery over HTTP."""
