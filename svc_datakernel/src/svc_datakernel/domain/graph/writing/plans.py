"""The short way for plain documents: each class compiled once into a reader for every property.

A plan takes a document whose members are all single values or Sets of texts, with its class
written out, straight to the bytes that are stored. Whatever is not as plain, or not right, it
leaves to the general way, which says what is wrong.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

import orjson
from oms_core.errors import InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.flat import Flat, Shape
from svc_datakernel.domain.graph.prefixes import encode
from svc_datakernel.domain.graph.schema.model import Family, PropertyType, Schema
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.values import BadValue, is_kind_of, parse
from svc_datakernel.domain.values.numeric import RANGES

Read: TypeAlias = Callable[[Any, list[str | None]], Any]
"""Makes what orjson writes of a value, or `NO` for one that is not plain. Adds the term that it
is in the triples: the lexical form, or the IRI of a node; None for several."""

NO: Final = object()
_MOST_SHAPES: Final = 64
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.(?!000)[0-9]{3})?Z"
).fullmatch
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]{0,19}[1-9]").fullmatch
# What a decimal may end in that its canonical form has not, or no fraction at all.
_PADDED: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,19}0)?").fullmatch
_INTEGER: Final = re.compile(r"-?[1-9][0-9]{0,17}|0").fullmatch
_SIMPLE: Final = frozenset({Family.REQUIRED, Family.OPTIONAL, Family.SET})


class _Field(NamedTuple):
    """A property: how it is read, its literal's datatype (empty for a node), what it refers to."""

    name: str
    read: Read
    datatype: str
    is_required: bool
    link: tuple[str, Family] | None


class Plan:
    """The short way for documents of one class."""

    def __init__(self, schema: Schema, name: str, fields: list[_Field]) -> None:
        self._name = name
        self._fields = [each[:2] for each in fields]
        self._required = {each.name for each in fields if each.is_required}
        self._key = schema.key_of(name)
        self._base = schema.base_of(name)
        self._links = [(each.name, *each.link) for each in fields if each.link is not None]
        self._datatypes = {each.name: each.datatype for each in fields}
        self._whole = self._shape([each.name for each in fields])
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def read(self, raw: Mapping[str, Any]) -> Finished | None:
        """The document with its id, or None for one that is not plain."""
        found: dict[str, Any] = {}
        terms: list[str | None] = []
        for name, read in self._fields:
            value = raw.get(name)
            if value is not None:
                made = read(value, terms)
                if made is NO:
                    return None
                found[name] = made
        # Every other member is one that only the general way understands.
        if len(raw) != len(found) + 1:
            return None
        if len(found) < len(self._fields) and not self._required <= found.keys():
            return None
        made_id = self._id(raw)
        if made_id is None:
            return None
        links = self._references(found) if self._links else ()
        flat = self._flat(found, terms)
        return Finished(made_id, self._name, None, orjson.dumps(found), links, flat=flat)

    def _flat(self, found: Mapping[str, Any], terms: list[str | None]) -> Flat | None:
        if None in terms:
            return None
        known = cast("list[str]", terms)
        if len(known) == len(self._fields):
            return Flat(self._whole, known)
        names = tuple(found)
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._shape(names)
            if len(self._shapes) < _MOST_SHAPES:
                self._shapes[names] = shape
        return Flat(shape, known)

    def _shape(self, names: Sequence[str]) -> Shape:
        iris = [expanded.schema_iri(each) for each in names]
        datatypes = [self._datatypes[each] for each in names]
        return Shape(expanded.schema_iri(self._name), iris, datatypes)

    def _id(self, raw: Mapping[str, Any]) -> str | None:
        key = self._key
        if not key.fields:
            return self._base + secrets.token_urlsafe(12)
        parts: list[str] = []
        for name in key.fields:
            value = raw.get(name, "")
            # Numbers are as they were written here: plain ones are canonical.
            parts.append(encode(value) if value.__class__ is str else value)
        suffix = parts[0] if len(parts) == 1 else "+".join(parts)
        if key.kind == "Hash":
            suffix = hashlib.sha256(suffix.encode()).hexdigest()
        return self._base + suffix

    def _references(self, found: Mapping[str, Any]) -> tuple[tuple[str, str, Family, str], ...]:
        links: list[tuple[str, str, Family, str]] = []
        for name, range_name, family in self._links:
            value = found.get(name)
            if value is not None:
                some = value if isinstance(value, list) else [value]
                links += [(name, range_name, family, each["@id"]) for each in some]
        return tuple(links)


def plan_of(schema: Schema, written: str) -> Plan | None:
    """The plan for a class as callers write it; None for one without."""
    key = ("plan", written)
    if key not in schema.kept:
        schema.kept[key] = _compile(schema, written)
    return schema.kept[key]


def _compile(schema: Schema, name: str) -> Plan | None:
    definition = schema.classes.get(name)
    if definition is None or definition.kind != "Class" or not schema.context.is_plain:
        return None
    if definition.is_abstract or schema.is_subdocument(name) or schema.choices(name):
        return None
    fields: list[_Field] = []
    for prop, kind in sorted(schema.properties(name).items()):
        read = _reader(schema, kind)
        if read is None or ":" in prop:
            return None
        link = (kind.range, kind.family) if schema.is_class(kind.range) else None
        datatype = kind.range if schema.is_datatype(kind.range) else ""
        fields.append(_Field(prop, read, datatype, kind.family is Family.REQUIRED, link))
    if not _is_plain_key(schema, name):
        return None
    return Plan(schema, name, fields)


def _is_plain_key(schema: Schema, name: str) -> bool:
    key = schema.key_of(name)
    kinds = schema.properties(name)
    plain = all(
        each in kinds and kinds[each].family is Family.REQUIRED and kinds[each].range in _KEY_RANGES
        for each in key.fields
    )
    return key.kind != "ValueHash" and plain and ":" not in schema.base_of(name)


_KEY_RANGES: Final = frozenset({"xsd:string", "xsd:integer"})


def _reader(schema: Schema, kind: PropertyType) -> Read | None:
    if kind.family not in _SIMPLE:
        return None
    read = _single(schema, kind.range)
    if read is None or kind.family is not Family.SET:
        return read
    return _set_of(read) if kind.range == "xsd:string" or schema.is_class(kind.range) else None


def _single(schema: Schema, name: str) -> Read | None:
    if name in _READERS:
        return _READERS[name]
    if name in RANGES:
        return _bounded(name)
    if schema.is_enum(name):
        return _enum(schema, name)
    if schema.is_class(name):
        return _reference(schema) if schema.classes[name].kind != "Foreign" else None
    if schema.is_datatype(name) and name != "xsd:anySimpleType":
        return None if is_kind_of(name, "xsd:decimal") else _parsed(name)
    return None


def _string(value: Any, terms: list[str | None]) -> Any:
    if value.__class__ is not str:
        return NO
    terms.append(value)
    return value


def _integer(value: Any, terms: list[str | None]) -> Any:
    if value.__class__ is not Number or not _INTEGER(value):
        return NO
    text = str(value)  # a plain one, which drivers take without a look at its class
    terms.append(text)
    return int(text)


def _decimal(value: Any, terms: list[str | None]) -> Any:
    if value.__class__ is not Number:
        return NO
    text = str(value)
    if not _DECIMAL(text):
        if not _PADDED(text):
            return NO
        text = text.rstrip("0").rstrip(".") if "." in text else text
        text = "0" if text == "-0" else text
    terms.append(text)
    if "." in text:
        return orjson.Fragment(text)
    return {"@type": "xsd:decimal", "@value": text}


def _boolean(value: Any, terms: list[str | None]) -> Any:
    if value is not True and value is not False:
        return NO
    terms.append("true" if value else "false")
    return value


def _date(value: Any, terms: list[str | None]) -> Any:
    if value.__class__ is not str or not _DATE(value):
        return NO
    terms.append(value)
    return {"@type": "xsd:date", "@value": value}


def _date_time(value: Any, terms: list[str | None]) -> Any:
    if value.__class__ is not str or not _DATE_TIME(value):
        return NO
    terms.append(value)
    return {"@type": "xsd:dateTime", "@value": value}


_READERS: Final[dict[str, Read]] = {
    "xsd:string": _string,
    "xsd:integer": _integer,
    "xsd:decimal": _decimal,
    "xsd:boolean": _boolean,
    "xsd:date": _date,
    "xsd:dateTime": _date_time,
}


def _bounded(name: str) -> Read:
    low, high = RANGES[name]

    def read(value: Any, terms: list[str | None]) -> Any:
        number = _integer(value, terms)
        if (
            number is NO
            or (low is not None and number < low)
            or (high is not None and number > high)
        ):
            return NO
        return {"@type": name, "@value": value}

    return read


def _parsed(name: str) -> Read:
    def read(value: Any, terms: list[str | None]) -> Any:
        if value.__class__ is not str:
            return NO
        try:
            literal = parse(name, value)
        except BadValue:
            return NO
        made = expanded.value_of(literal)
        if made.__class__ is not dict:
            return NO
        is_of_range = literal.datatype == name and not literal.language
        terms.append(literal.lexical if is_of_range else None)
        return made

    return read


def _enum(schema: Schema, name: str) -> Read:
    values = {value: (iri, {"@id": iri}) for iri, value in schema.enum_values(name).items()}

    def read(value: Any, terms: list[str | None]) -> Any:
        if value.__class__ is not str or value not in values:
            return NO
        iri, made = values[value]
        terms.append(iri)
        return made

    return read


def _reference(schema: Schema) -> Read:
    id_of = schema.context.id_of

    def read(value: Any, terms: list[str | None]) -> Any:
        if value.__class__ is not str:
            return NO
        try:
            iri = id_of(value)
        except InvalidField:
            return NO
        terms.append(iri)
        return {"@id": iri}

    return read


def _set_of(read: Read) -> Read:
    def read_set(value: Any, terms: list[str | None]) -> Any:
        if value.__class__ is not list or not value:
            return NO
        if len(value) == 1:
            return read(value[0], terms)
        terms.append(None)
        made = [read(item, []) for item in value]
        if NO in made:
            return NO
        distinct = {orjson.dumps(item): item for item in made}
        ordered = [distinct[text] for text in sorted(distinct)]
        return ordered if len(ordered) > 1 else ordered[0]

    return read_set
