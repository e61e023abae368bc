"""The suite as GraphQL."""
