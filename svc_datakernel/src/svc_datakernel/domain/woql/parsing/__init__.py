"""JSON-LD as the official clients send it, read into the tree of `syntax`."""

from svc_datakernel.domain.woql.parsing.request import parse_request

__all__ = ["parse_request"]
