"""Embedding at other places: limits, failures, retries, quotas and chains. Knows no HTTP."""
