"""Event service."""
