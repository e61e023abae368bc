"""What ids of ValueHash keys are the hash of.

TerminusDB hashes its own notation of all values of a document, each with its path, and
so do we, so that documents have the same ids in both: `[['@type']-'…#Spec',['…#w']-(1^^'…')]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.schema.model import Family, Schema
from svc_datakernel.domain.graph.terms import STANDARD_PREFIXES, Literal
from svc_datakernel.domain.graph.writing.nodes import Captures, DocumentNode, Many, Pending
from svc_datakernel.domain.values import is_kind_of
from svc_datakernel.domain.values.numeric import FLOATS, RANGES

_PLAIN_ATOM: Final = re.compile(r"[a-z][a-zA-Z0-9_]*|\[\]")
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
)
_CALENDAR: Final = {
    "xsd:date": "date",
    "xsd:gYear": "gyear",
    "xsd:gYearMonth": "gyear_month",
    "xsd:gMonth": "gmonth",
    "xsd:gMonthDay": "gmonth_day",
    "xsd:gDay": "gday",
}
_DURATION: Final = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?"
)


class ValueHash:
    """Writes documents in that notation."""

    def __init__(self, schema: Schema, captures: Captures) -> None:
        self._schema = schema
        self._captures = captures

    def text_of(self, node: DocumentNode) -> str:
        """The notation of a document, without its own id."""
        return f"[{','.join(self._document(node, ()))}]"

    def _document(self, node: DocumentNode, path: tuple[str, ...]) -> Iterator[str]:
        context = self._schema.context
        yield _entry((*path, _atom("@type")), _atom(context.full_name(node.type)))
        names = sorted((context.full_name(name), name) for name in self._names(node))
        for iri, name in names:
            yield from self._member(node, name, (*path, _atom(iri)))

    def _names(self, node: DocumentNode) -> set[str]:
        """Properties that have a value; an Array without one counts as an empty one."""
        kinds = self._schema.properties(node.type)
        arrays = {name for name, kind in kinds.items() if kind.family is Family.ARRAY}
        return node.values.keys() | arrays

    def _member(self, node: DocumentNode, name: str, path: tuple[str, ...]) -> Iterator[str]:
        value = node.values.get(name, {"@array": []})
        items = _items(value)
        if items is None:
            yield from self._value(value, path)
        elif not items:
            kind = self._schema.all_properties(node.type)[name]
            yield _entry((*path, _atom("@type")), _atom(self._schema.context.full_name(kind.range)))
            yield _entry((*path, _atom("@value")), "[]")
        else:
            yield from self._container(node, name, items, path)

    def _container(
        self, node: DocumentNode, name: str, items: list[Any], path: tuple[str, ...]
    ) -> Iterator[str]:
        plain = [item for item in items if not isinstance(item, DocumentNode)]
        if plain:
            for item in plain:
                yield from self._value(item, path)
            return
        kind = self._schema.all_properties(node.type)[name]
        yield _entry((*path, _atom("@type")), _atom(self._schema.context.full_name(kind.range)))
        for index, item in enumerate(items):
            yield from self._document(item, (*path, _atom("@value"), str(index)))

    def _value(self, value: Any, path: tuple[str, ...]) -> Iterator[str]:
        if isinstance(value, DocumentNode):
            yield from self._document(value, path)
            return
        if isinstance(value, Pending):
            made = self._captures.id_of(value)
            yield _entry(path, _atom(self._schema.context.full(made or value.capture)))
            return
        literal = expanded.literal_of(value)
        if literal is not None:
            yield _entry(path, self._literal(literal))
        elif "@unit" in value:
            yield _entry(path, "[]")
        elif "@id" in value:
            yield _entry(path, _atom(self._schema.context.full(value["@id"])))
        else:
            yield _entry(path, _text(expanded.dump(value).decode()))

    def _literal(self, literal: Literal) -> str:
        if literal.language:
            return f"({_text(literal.lexical)}@{_atom(literal.language)})"
        return f"({_term(literal)}^^{_atom(_datatype_iri(literal.datatype))})"


def _items(value: Any) -> list[Any] | None:
    """The values in a container; None for what is none."""
    if isinstance(value, Many):
        return list(value)
    if isinstance(value, dict):
        for container in ("@list", "@array"):
            if container in value:
                return [leaf for leaf in _leaves(value[container]) if leaf is not None]
    return None


def _leaves(items: list[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list):
            yield from _leaves(item)
        else:
            yield item


def _entry(path: tuple[str, ...], value: str) -> str:
    return f"[{','.join(path)}]-{value}"


def _atom(text: str) -> str:
    if _PLAIN_ATOM.fullmatch(text):
        return text
    quoted = text.translate(_ESCAPES).replace("'", "\\'")
    return f"'{quoted}'"


def _text(text: str) -> str:
    quoted = text.translate(_ESCAPES).replace('"', '\\"')
    return f'"{quoted}"'


def _datatype_iri(datatype: str) -> str:
    prefix, _, rest = datatype.partition(":")
    return STANDARD_PREFIXES.get(prefix, f"{prefix}:") + rest


def _term(literal: Literal) -> str:
    datatype, lexical = literal.datatype, literal.lexical
    if datatype in RANGES or datatype == "xsd:boolean":
        return lexical
    if datatype == "xsd:decimal" or datatype in FLOATS:
        return _number(datatype, lexical)
    if datatype in _CALENDAR:
        return _calendar(_CALENDAR[datatype], lexical)
    if datatype in ("xsd:dateTime", "xsd:dateTimeStamp"):
        return _date_time(lexical)
    if is_kind_of(datatype, "xsd:duration"):
        return _duration(lexical)
    return _text(lexical)


def _number(datatype: str, lexical: str) -> str:
    if datatype in FLOATS:
        return repr(float(lexical))
    number = Fraction(lexical)
    is_whole = number.denominator == 1
    return str(number.numerator) if is_whole else f"{number.numerator}r{number.denominator}"


def _calendar(name: str, lexical: str) -> str:
    text, offset = lexical, 0
    zone = re.search(r"(?<=\d)([+-])(\d\d):(\d\d)$", lexical)
    if zone:
        text = lexical[: zone.start()]
        offset = (int(zone[2]) * 3600 + int(zone[3]) * 60) * (-1 if zone[1] == "-" else 1)
    negative = text.startswith("-") and not text.startswith("--")
    numbers = [int(each) for each in re.findall(r"\d+", text)]
    if negative:
        numbers[0] = -numbers[0]
    return f"{name}({','.join(map(str, (*numbers, offset)))})"


def _date_time(lexical: str) -> str:
    date, _, clock = lexical.removesuffix("Z").partition("T")
    clock, _, fraction = clock.partition(".")
    negative = date.startswith("-")
    numbers = [int(each) for each in re.findall(r"\d+", date)]
    numbers[0] = -numbers[0] if negative else numbers[0]
    numbers += [int(each) for each in clock.split(":")]
    numbers.append(int(fraction.ljust(9, "0")) if fraction else 0)
    return f"date_time({','.join(map(str, numbers))})"


def _duration(lexical: str) -> str:
    found = _DURATION.fullmatch(lexical)
    assert found is not None
    sign = -1 if found[1] else 1
    return f"duration({sign},{','.join(part or '0' for part in found.groups()[1:])})"
