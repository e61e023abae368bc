"""Values in a query: variables, nodes, literals, lists and dictionaries."""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.terms import Literal
from svc_datakernel.domain.woql import casting, syntax
from svc_datakernel.domain.woql.errors import Place, syntax_error
from svc_datakernel.domain.woql.parsing.shapes import Mismatch, member, text

_VALUE_TYPES = frozenset({"Value", "NodeValue", "DataValue"})


def value(json: Any, place: Place) -> syntax.Value:
    """A value: `{"@type": "Value", "variable" | "node" | "data" | "list" | "dictionary": …}`."""
    if isinstance(json, list):
        return syntax.Items(tuple(value(item, place.item(n)) for n, item in enumerate(json)))
    if not isinstance(json, dict):
        raise syntax_error(json, place, f"expected a value, found {json!r:.100}")
    kind = json.get("@type", "Value")
    if kind == "True":
        return syntax.Data(Literal("xsd:boolean", "true"))
    if kind not in _VALUE_TYPES:
        raise Mismatch(f"there is no kind of value {kind!r:.100}")
    return _value(json, place)


def _value(json: dict[str, Any], place: Place) -> syntax.Value:
    if "node" in json:
        return syntax.Name(text(json["node"]))
    if "variable" in json:
        return syntax.Variable(text(json["variable"]))
    if "data" in json:
        return data(json["data"])
    if "list" in json:
        return _items(json["list"], place)
    if "dictionary" in json:
        return dictionary(json["dictionary"], place)
    names = "'node', 'variable', 'data', 'list' or 'dictionary'"
    raise Mismatch.of(f"a value with {names}", json)


def _items(json: Any, place: Place) -> syntax.Items:
    if not isinstance(json, list):
        raise Mismatch.of("an array", json)
    return syntax.Items(tuple(value(item, place.item(n)) for n, item in enumerate(json)))


def data(json: Any) -> syntax.Value:
    """A literal, typed or as a plain JSON value; a number without a type is a decimal.

    Raises:
        InvalidQuery: its text is not of its type, or its type is unknown.
    """
    if isinstance(json, dict):
        return _typed(json)
    if isinstance(json, bool):
        return syntax.Data(Literal("xsd:boolean", "true" if json else "false"))
    if isinstance(json, Number):
        return syntax.Data(casting.parse_literal("xsd:decimal", json))
    if json is None:
        return syntax.Data(Literal("xsd:string", "null"))
    if isinstance(json, str):
        return syntax.Data(Literal("xsd:string", json))
    raise Mismatch.of("a literal", json)


def _typed(json: dict[str, Any]) -> syntax.Value:
    if "@value" in json and "@type" in json:
        return syntax.Data(casting.parse_data(json["@value"], text(json["@type"])))
    if "@value" in json and "@language" in json:
        return syntax.Data(Literal("rdf:langString", text(json["@value"]), text(json["@language"])))
    return _plain_object(json)


def _plain_object(json: dict[str, Any]) -> syntax.Dictionary:
    return syntax.Dictionary(tuple((key, _plain(item)) for key, item in json.items()))


def _plain(json: Any) -> syntax.Value:
    if isinstance(json, list):
        return syntax.Items(tuple(map(_plain, json)))
    if isinstance(json, dict):
        return _plain_object(json)
    return data(json)


def dictionary(json: Any, place: Place) -> syntax.Dictionary:
    """A `DictionaryTemplate`: pairs of a field and a value."""
    if not isinstance(json, dict):
        raise Mismatch.of("a DictionaryTemplate", json)
    pairs = member(json, "data")
    if not isinstance(pairs, list):
        raise Mismatch.of("an array of pairs", pairs)
    return syntax.Dictionary(tuple(_pair(p, place.branch("value", n)) for n, p in enumerate(pairs)))


def _pair(json: Any, place: Place) -> tuple[str, syntax.Value]:
    if not isinstance(json, dict):
        raise Mismatch.of("a pair of a field and a value", json)
    return text(member(json, "field")), value(member(json, "value"), place)
