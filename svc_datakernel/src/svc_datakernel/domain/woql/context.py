"""What operators can see of the database, beside the state of their evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from svc_datakernel.domain.graph.view import GraphView
from svc_datakernel.domain.woql.classes import Classes
from svc_datakernel.domain.woql.names import Names


@dataclass(frozen=True, slots=True)
class Context:
    """One commit, as operators look at it."""

    view: GraphView
    names: Names
    classes: Classes

    @classmethod
    def of(cls, view: GraphView) -> Context:
        """The context of a commit."""
        names = Names.of(view)
        return cls(view, names, Classes.of(view, names))
