"""Routing rules: templates, transforms and what they copy where."""
