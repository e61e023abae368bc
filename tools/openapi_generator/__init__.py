"""Writes the OpenAPI 3.1 description of everything that REST offers, from the protos alone."""

from openapi_generator.document import render_openapi

__all__ = ["render_openapi"]
