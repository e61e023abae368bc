"""Stores that keep the graph."""
