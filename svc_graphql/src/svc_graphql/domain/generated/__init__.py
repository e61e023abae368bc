"""The schema that is generated from an ontology."""
