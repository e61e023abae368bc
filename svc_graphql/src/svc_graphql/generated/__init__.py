"""Serving the schemas that are generated from ontologies."""
