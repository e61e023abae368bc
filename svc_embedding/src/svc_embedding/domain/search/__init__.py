"""Search of ontologies by meaning: what elements say, and what they have in common."""
