"""Ontologies as RDF: OWL and RDFS in, OWL out.

From the file to the model: `parsing` → `statements` → `mapping` → `report`.
From the model to the file: `stating` → `writing`. Both run in a child process
(`worker`), which `processes` starts, limits and ends. `docs/architecture/rdf-mapping.md`
says what becomes what.
"""
