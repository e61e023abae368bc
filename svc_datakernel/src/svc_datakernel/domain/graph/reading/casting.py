"""Values of a template as literals of the datatype a property has."""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain import values
from svc_datakernel.domain.graph.terms import Literal


def literal_for(value: Any, datatype: str) -> Literal | None:
    """The literal that a JSON value stands for; None where it is none of that datatype."""
    try:
        return values.parse(datatype, value)
    except values.BadValue:
        return None
