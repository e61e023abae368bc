"""Graphs as Turtle: export and import."""

from svc_datakernel.domain.graph.turtle.exporting import export
from svc_datakernel.domain.graph.turtle.importing import write

__all__ = ["export", "write"]
