"""protovalidate's rules as JSON Schema keywords."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

_LENGTHS = {
    "string": {"min_len": "minLength", "max_len": "maxLength", "pattern": "pattern"},
    "repeated": {"min_items": "minItems", "max_items": "maxItems", "unique": "uniqueItems"},
    "map": {"min_pairs": "minProperties", "max_pairs": "maxProperties"},
}
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "gte": "minimum",
    "lt": "exclusiveMaximum",
    "lte": "maximum",
}


# Whether the empty value breaks the rules of a type.
_EMPTY_BREAKS: dict[str, Callable[[Any], bool]] = {
    "string": lambda rules: rules.min_len > 0 or re.search(rules.pattern, "") is None,
    "bytes": lambda rules: rules.min_len > 0,
    "repeated": lambda rules: rules.min_items > 0,
    "map": lambda rules: rules.min_pairs > 0,
    "enum": lambda rules: 0 in rules.not_in,
}


def is_required(field: FieldDescriptor, rules: Any | None) -> bool:
    """Whether a request that leaves the field out is refused.

    protovalidate tests the empty value of a field without presence against its rules.
    """
    if rules is None or rules.required or field.has_presence:
        return rules is not None and bool(rules.required)
    kind = rules.WhichOneof("type")
    return kind in _EMPTY_BREAKS and _EMPTY_BREAKS[kind](getattr(rules, kind))


def constrain(schema: dict[str, Any], field: FieldDescriptor, rules: Any | None) -> dict[str, Any]:
    """A schema with the rules of its field. Lengths count code points, as JSON Schema does."""
    kind = rules.WhichOneof("type") if rules is not None else None
    if rules is None or kind is None:
        return schema
    of_kind = getattr(rules, kind)
    if kind in _LENGTHS:
        schema = schema | _keywords(of_kind, _LENGTHS[kind])
    elif kind == "bytes":
        schema = schema | _base64_lengths(of_kind)
    elif kind in {"int32", "int64"} and schema.get("type") == "integer":
        schema = schema | _keywords(of_kind, _BOUNDS)
    elif kind == "enum" and of_kind.not_in and field.enum_type is not None:
        refused = [field.enum_type.values_by_number[number].name for number in of_kind.not_in]
        schema = {"allOf": [schema], "not": {"enum": refused}}
    if kind == "repeated" and of_kind.HasField("items"):
        schema["items"] = constrain(schema["items"], field, of_kind.items)
    if kind == "map":
        schema |= _map_rules(schema, field, of_kind)
    return schema


def _map_rules(schema: dict[str, Any], field: FieldDescriptor, rules: Any) -> dict[str, Any]:
    entry = field.message_type
    assert entry is not None, "a map field has an entry message"
    changed: dict[str, Any] = {}
    if rules.HasField("keys"):
        changed["propertyNames"] = constrain({}, entry.fields_by_name["key"], rules.keys)
    if rules.HasField("values"):
        value = entry.fields_by_name["value"]
        changed["additionalProperties"] = constrain(
            schema["additionalProperties"], value, rules.values
        )
    return changed


def _keywords(rules: Any, names: dict[str, str]) -> dict[str, Any]:
    return {
        keyword: getattr(rules, rule) for rule, keyword in names.items() if rules.HasField(rule)
    }


def _base64_lengths(rules: Any) -> dict[str, Any]:
    # Padded base64 has 4 characters for every 3 bytes begun; unpadded has fewer, so the shortest
    # length is that of the unpadded form.
    lengths: dict[str, Any] = {}
    if rules.HasField("min_len"):
        lengths["minLength"] = -(-rules.min_len * 4 // 3)
    if rules.HasField("max_len"):
        lengths["maxLength"] = -(-rules.max_len // 3) * 4
    return lengths
