"""Parsing, limits and execution of documents."""
