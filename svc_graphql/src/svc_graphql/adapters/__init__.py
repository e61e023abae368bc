"""Ontologies and objects over gRPC."""
