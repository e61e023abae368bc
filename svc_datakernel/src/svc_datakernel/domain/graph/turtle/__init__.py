"""Graphs as Turtle: reading, writing, export and import."""
