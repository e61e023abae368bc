"""Renders and validates the Envoy configuration of the suite."""
