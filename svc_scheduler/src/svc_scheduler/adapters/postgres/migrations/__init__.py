"""SQL of the schema."""
