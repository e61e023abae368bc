"""The short way for plain documents: each class compiled once into a reader for every property.

A plan takes a document whose members are all single values or Sets of texts, with its class
written out, straight to the bytes that are stored. Whatever is not as plain, or not right, it
leaves to the general way, which says what is wrong.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

import orjson
from oms_core.errors import InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.prefixes import encode
from svc_datakernel.domain.graph.schema.model import Family, PropertyType, Schema
from svc_datakernel.domain.graph.writing.nodes import Finished
from svc_datakernel.domain.values import BadValue, is_kind_of, parse
from svc_datakernel.domain.values.numeric import RANGES

Read: TypeAlias = Callable[[Any], Any]
"""Makes what orjson writes of a value, or `NO` for one that is not plain."""

NO: Final = object()
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
    name: str
    read: Read
    is_required: bool
    link: tuple[str, Family] | None


class Plan:
    """The short way for documents of one class."""

    def __init__(self, schema: Schema, name: str, fields: list[_Field]) -> None:
        self._name = name
        self._fields = fields
        self._key = schema.key_of(name)
        self._base = schema.base_of(name)
        self._links = [(each.name, *each.link) for each in fields if each.link is not None]

    def read(self, raw: Mapping[str, Any]) -> Finished | None:
        """The document with its id, or None for one that is not plain."""
        found: dict[str, Any] = {}
        for name, read, is_required, _ in self._fields:
            value = raw.get(name)
            if value is None:
                if is_required:
                    return None
                continue
            made = read(value)
            if made is NO:
                return None
            found[name] = made
        # Every other member is one that only the general way understands.
        if len(raw) != len(found) + 1:
            return None
        made_id = self._id(raw)
        if made_id is None:
            return None
        links = self._references(found) if self._links else ()
        return Finished(made_id, self._name, None, orjson.dumps(found), links)

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
        fields.append(_Field(prop, read, kind.family is Family.REQUIRED, link))
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


def _string(value: Any) -> Any:
    return value if value.__class__ is str else NO


def _integer(value: Any) -> Any:
    return int(value) if value.__class__ is Number and _INTEGER(value) else NO


def _decimal(value: Any) -> Any:
    if value.__class__ is not Number:
        return NO
    if _DECIMAL(value):
        return orjson.Fragment(str(value))
    if not _PADDED(value):
        return NO
    text = value.rstrip("0").rstrip(".") if "." in value else str(value)
    if "." in text:
        return orjson.Fragment(text)
    return {"@type": "xsd:decimal", "@value": "0" if text == "-0" else text}


def _boolean(value: Any) -> Any:
    return value if value is True or value is False else NO


def _date(value: Any) -> Any:
    if value.__class__ is not str or not _DATE(value):
        return NO
    return {"@type": "xsd:date", "@value": value}


def _date_time(value: Any) -> Any:
    if value.__class__ is not str or not _DATE_TIME(value):
        return NO
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

    def read(value: Any) -> Any:
        number = _integer(value)
        if (
            number is NO
            or (low is not None and number < low)
            or (high is not None and number > high)
        ):
            return NO
        return {"@type": name, "@value": value}

    return read


def _parsed(name: str) -> Read:
    def read(value: Any) -> Any:
        if value.__class__ is not str:
            return NO
        try:
            made = expanded.value_of(parse(name, value))
        except BadValue:
            return NO
        return made if made.__class__ is dict else NO

    return read


def _enum(schema: Schema, name: str) -> Read:
    values = {value: {"@id": iri} for iri, value in schema.enum_values(name).items()}

    def read(value: Any) -> Any:
        return values.get(value, NO) if value.__class__ is str else NO

    return read


def _reference(schema: Schema) -> Read:
    id_of = schema.context.id_of

    def read(value: Any) -> Any:
        if value.__class__ is not str:
            return NO
        try:
            return {"@id": id_of(value)}
        except InvalidField:
            return NO

    return read


def _set_of(read: Read) -> Read:
    def read_set(value: Any) -> Any:
        if value.__class__ is not list or not value:
            return NO
        made = [read(item) for item in value]
        if NO in made:
            return NO
        if len(made) == 1:
            return made[0]
        distinct = {orjson.dumps(item): item for item in made}
        ordered = [distinct[text] for text in sorted(distinct)]
        return ordered if len(ordered) > 1 else ordered[0]

    return read_set
