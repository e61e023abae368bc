"""Generates the typed methods of the Python client from the protos."""
