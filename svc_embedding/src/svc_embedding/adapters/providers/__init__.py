"""Providers' HTTP APIs: one dialect each, over one endpoint."""
