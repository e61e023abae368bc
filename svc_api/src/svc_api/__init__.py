"""Ontology and identity service."""
