"""An ontology as of one commit, as far as a schema is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class BaseType(Enum):
    """What a single value is."""

    ANY = "any"
    STRING = "string"
    LANG_STRING = "lang_string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    LONG = "long"
    INT = "int"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "date_time"
    DURATION = "duration"
    YEAR = "year"
    URI = "uri"
    BINARY = "binary"
    GEO = "geo"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """A value that is the id of an object of this type."""

    object_type: str


@dataclass(frozen=True, slots=True)
class StructReference:
    """A value with the fields of this struct."""

    struct: str


@dataclass(frozen=True, slots=True)
class EnumReference:
    """A value out of this enumeration."""

    enum: str


ValueType = BaseType | ObjectReference | StructReference | EnumReference


@dataclass(frozen=True, slots=True)
class Texts:
    """Names and descriptions by language, in the order of the ontology, and what life it has.

    `labels` and `descriptions` are pairs of a BCP 47 tag, which may be empty, and a text.
    """

    labels: tuple[tuple[str, str], ...] = ()
    descriptions: tuple[tuple[str, str], ...] = ()
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    """A property of an object type, an interface or a struct."""

    id: str
    type: ValueType
    is_required: bool = False
    is_list: bool = False
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A kind of thing. `properties` are its own, without inherited ones."""

    id: str
    parents: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    is_abstract: bool = False
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class Interface:
    """What object types may have in common."""

    id: str
    parents: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class LinkType:
    """A kind of relation. Empty `sources` or `targets`: any object type.

    `max_targets` is the most targets of one source, `max_sources` the most sources of one
    target; 0 is without bound. `inverse` names the link type that reads the other way round.
    """

    id: str
    sources: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    inverse: str = ""
    max_targets: int = 0
    max_sources: int = 0
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class Struct:
    """A value made of named fields, none of which is a reference to an object."""

    id: str
    fields: tuple[Property, ...] = ()
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class EnumType:
    """A list of values, each with its texts."""

    id: str
    values: tuple[tuple[str, Texts], ...] = ()
    texts: Texts = Texts()


@dataclass(frozen=True, slots=True)
class Ontology:
    """An ontology as of a commit. Each mapping is by id."""

    id: str
    commit_id: str
    object_types: Mapping[str, ObjectType] = field(default_factory=dict[str, ObjectType])
    interfaces: Mapping[str, Interface] = field(default_factory=dict[str, Interface])
    link_types: Mapping[str, LinkType] = field(default_factory=dict[str, LinkType])
    structs: Mapping[str, Struct] = field(default_factory=dict[str, Struct])
    enums: Mapping[str, EnumType] = field(default_factory=dict[str, EnumType])
    texts: Texts = Texts()
