"""The RDF syntaxes and their media types."""

from __future__ import annotations

from enum import StrEnum


class RdfFormat(StrEnum):
    """A way to write RDF; the value is its media type."""

    TURTLE = "text/turtle"
    RDF_XML = "application/rdf+xml"
    JSON_LD = "application/ld+json"
    N_TRIPLES = "application/n-triples"

    @property
    def label(self) -> str:
        """The format's name for people."""
        return _TITLES[self]


_TITLES = {
    RdfFormat.TURTLE: "Turtle",
    RdfFormat.RDF_XML: "RDF/XML",
    RdfFormat.JSON_LD: "JSON-LD",
    RdfFormat.N_TRIPLES: "N-Triples",
}

# What clients send when they do not know or do not care.
_UNDECIDED = {"", "application/octet-stream", "application/x-www-form-urlencoded", "text/plain"}
_MEDIA_TYPES = {
    **{one.value: one for one in RdfFormat},
    "application/x-turtle": RdfFormat.TURTLE,
    "application/xml": RdfFormat.RDF_XML,
    "text/xml": RdfFormat.RDF_XML,
    "application/json": RdfFormat.JSON_LD,
}


def format_of(content_type: str) -> RdfFormat | None:
    """The format a content type names: Turtle when it names none, None when it is not RDF."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in _UNDECIDED:
        return RdfFormat.TURTLE
    return _MEDIA_TYPES.get(media_type)
