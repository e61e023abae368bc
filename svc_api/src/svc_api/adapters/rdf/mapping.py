"""From the statements of a file to the elements of an ontology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from svc_api.adapters.rdf.catalogue import catalogue
from svc_api.adapters.rdf.classes import class_elements
from svc_api.adapters.rdf.drafting import Context
from svc_api.adapters.rdf.header import header_body
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.links import link_elements
from svc_api.adapters.rdf.properties import properties_by_class
from svc_api.adapters.rdf.statements import Statements
from svc_api.domain.elements import Element


@dataclass(frozen=True, slots=True)
class Mapped:
    """An ontology read out of a file, and what was found out on the way."""

    header: dict[str, Any]
    elements: list[Element]
    context: Context


def map_statements(statements: Statements, known: KnownIds) -> Mapped:
    """Maps the statements of a file.

    Args:
        statements: The file.
        known: Ids of elements that are on the branch already; they are kept.
    Returns:
        The header and the elements, ordered by collection and id.
    """
    context = Context(statements, catalogue(statements, known))
    elements = [*class_elements(context, properties_by_class(context)), *link_elements(context)]
    elements.sort(key=lambda element: element.key)
    return Mapped(header_body(context), elements, context)
