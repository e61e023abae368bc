"""Model backends, providers, indexes."""
