"""Routing rules in PostgreSQL, and what copies events."""
