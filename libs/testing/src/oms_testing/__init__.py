"""Fixtures, conformance suites and fault tools for tests."""
