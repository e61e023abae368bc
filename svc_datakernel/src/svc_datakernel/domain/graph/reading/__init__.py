"""Documents of a graph database, read and shown as TerminusDB does."""

from svc_datakernel.domain.graph.reading.selecting import check, count, read

__all__ = ["check", "count", "read"]
