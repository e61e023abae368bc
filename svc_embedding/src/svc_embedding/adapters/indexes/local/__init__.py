"""Indexes in this process, with a write-ahead log on disk."""
