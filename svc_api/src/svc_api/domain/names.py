"""Resource names of ontologies and their elements."""

from __future__ import annotations

import re

from oms_core.errors import InvalidField

from svc_api.domain.elements import HEADER_KEY, Key
from svc_api.domain.kinds import BY_COLLECTION, ElementKind

_ONTOLOGY_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")


def ontology_name(ontology: str) -> str:
    """`ontologies/brick` for `brick`."""
    return f"ontologies/{ontology}"


def ontology_id(name: str) -> str:
    """`brick` for `ontologies/brick` or any name below it."""
    return name.split("/")[1]


def last_segment(name: str) -> str:
    """The id at the end of a resource name."""
    return name.rpartition("/")[2]


def element_name(ontology: str, key: Key) -> str:
    """`ontologies/brick/objectTypes/Zone`; `ontologies/brick` for the header."""
    if key == HEADER_KEY:
        return ontology_name(ontology)
    return f"ontologies/{ontology}/{key[0]}/{key[1]}"


def parse_ontology_name(name: str, *, field: str) -> str:
    """The id in an ontology's name, such as `brick`.

    Raises:
        InvalidField: names `field`; the name is of another form.
    """
    prefix, _, ontology = name.partition("/")
    if prefix != "ontologies" or not _ONTOLOGY_ID.fullmatch(ontology):
        raise InvalidField.of(field, f"{name!r} is no name of the form ontologies/{{ontology}}")
    return ontology


def ontology_of_element(name: str, *, field: str) -> str:
    """The id of the ontology in an element's name.

    Raises:
        InvalidField: names `field`; the name does not begin with that of an ontology.
    """
    return parse_ontology_name("/".join(name.split("/")[:2]), field=field)


def parse_element_name(
    name: str, *, ontology: str, field: str, kind: ElementKind | None = None
) -> Key:
    """Reads the name of an element of one ontology.

    Args:
        name: What the caller sent, in the field `field`.
        ontology: Id of the ontology it has to belong to.
        kind: The kind it has to be of. None: any.
    Raises:
        InvalidField: names `field`; the name is of another form, ontology or kind.
    """
    parts = name.split("/")
    if len(parts) != 4 or parts[0] != "ontologies" or not parts[3]:
        collection = kind.collection if kind else "{collection}"
        raise InvalidField.of(
            field, f"{name!r} is no name of the form ontologies/{{ontology}}/{collection}/{{id}}"
        )
    if parts[1] != ontology:
        raise InvalidField.of(field, f"{name!r} is not in {ontology_name(ontology)!r}")
    if parts[2] not in BY_COLLECTION or (kind is not None and parts[2] != kind.collection):
        known = [kind.collection] if kind else sorted(BY_COLLECTION)
        raise InvalidField.of(field, f"{name!r} is in none of the collections {', '.join(known)}")
    return parts[2], parts[3]


def header_or_element_key(name: str, *, ontology: str, field: str) -> Key:
    """Like `parse_element_name`, and the header's key for the ontology's own name."""
    if name == ontology_name(ontology):
        return HEADER_KEY
    return parse_element_name(name, ontology=ontology, field=field)
