"""What the service keeps in PostgreSQL, NATS and elsewhere."""
