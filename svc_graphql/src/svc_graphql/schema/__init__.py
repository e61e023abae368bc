"""The metamodel's schema, derived from the contract."""
