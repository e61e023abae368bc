"""The scheduler's schema in PostgreSQL."""
