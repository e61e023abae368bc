"""Runs: what becomes of a time, and of an attempt."""
