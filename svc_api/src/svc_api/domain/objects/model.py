"""Objects and links as the domain sees them.

A value is what JSON says: `str`, `bool`, `int`, `Decimal`, a list of these, or
`{"language": …, "text": …}` for a text in a language. A reference to another object is the
text `Type/id`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from oms_core.errors import InvalidField

OBJECT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@~-]{0,199}")


class Ref(NamedTuple):
    """Names an object within its ontology: its own type, and its id within that."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


def parse_ref(text: str) -> Ref:
    """Reads `Type/id`, whose form has been checked."""
    return Ref(*text.split("/", 1))


def object_name(ontology: str, ref: Ref) -> str:
    """`ontologies/world/objectTypes/Country/objects/KR`."""
    return f"ontologies/{ontology}/objectTypes/{ref.type}/objects/{ref.id}"


def parse_object_name(name: str, *, ontology: str, field: str) -> Ref:
    """Reads an object's name.

    Raises:
        InvalidField: names `field`; the name is of another form or ontology.
    """
    parts = name.split("/")
    if len(parts) != 6 or parts[0] != "ontologies" or parts[2::2] != ["objectTypes", "objects"]:
        raise InvalidField.of(
            field,
            f"{name!r} is no name of the form "
            "ontologies/{ontology}/objectTypes/{object_type}/objects/{object}",
        )
    if parts[1] != ontology:
        raise InvalidField.of(field, f"{name!r} is not in 'ontologies/{ontology}'")
    return Ref(parts[3], parts[5])


def check_id(ref: Ref, *, field: str) -> None:
    """Holds the id of a new object against the rule of ids.

    Raises:
        InvalidField: names `field`.
    """
    if not OBJECT_ID.fullmatch(ref.id):
        shown = ref.id if len(ref.id) <= 64 else ref.id[:64] + "…"
        raise InvalidField.of(
            field,
            f"the id {shown!r} has to be a letter, digit or `_` and then letters, digits, `_`, "
            "`.`, `:`, `@`, `~` or `-`; at most 200 in all",
        )


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the kernel keeps it. Times are in microseconds since 1970. Never changed."""

    ref: Ref
    values: Mapping[str, Any]
    etag: str = ""
    created_us: int = 0
    updated_us: int = 0
    created_by: str = ""
    updated_by: str = ""


class LinkKey(NamedTuple):
    """Names a link within its ontology."""

    link_type: str
    source: Ref
    target: Ref

    def __str__(self) -> str:
        return f"{self.link_type} from {self.source} to {self.target}"
