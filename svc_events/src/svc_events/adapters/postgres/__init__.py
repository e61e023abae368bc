"""The service's schema in PostgreSQL, `oms_events`."""
