"""JSON Schemas of messages, after the proto3 JSON mapping as Envoy writes and reads it."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from openapi_generator.contract import Contract
from openapi_generator.rules import constrain, is_required

Schema = dict[str, Any]

_INT32: Schema = {"type": "integer", "format": "int32"}
_UINT32: Schema = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**32 - 1}
# As text: a JSON number loses digits beyond 2^53 in many readers.
_INT64: Schema = {"type": "string", "format": "int64"}
_UINT64: Schema = {"type": "string", "format": "uint64"}
_SCALARS: dict[int, Schema] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT32: _INT32,
    FieldDescriptor.TYPE_SINT32: _INT32,
    FieldDescriptor.TYPE_SFIXED32: _INT32,
    FieldDescriptor.TYPE_UINT32: _UINT32,
    FieldDescriptor.TYPE_FIXED32: _UINT32,
    FieldDescriptor.TYPE_INT64: _INT64,
    FieldDescriptor.TYPE_SINT64: _INT64,
    FieldDescriptor.TYPE_SFIXED64: _INT64,
    FieldDescriptor.TYPE_UINT64: _UINT64,
    FieldDescriptor.TYPE_FIXED64: _UINT64,
}

# Messages whose JSON is no object of their fields.
_WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {
        "type": "string",
        "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$",
        "examples": ["3.5s"],
    },
    "google.protobuf.FieldMask": {
        "type": "string",
        "description": "Field names, separated by commas.",
        "examples": ["labels,isAbstract"],
    },
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Empty": {"type": "object"},
}


class Schemas:
    """Collects the schemas of messages and enums under `#/components/schemas`."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.components: dict[str, Schema] = {}

    def message(self, descriptor: Descriptor) -> Schema:
        """The schema of a message: a reference, unless it is a well-known type."""
        known = _WELL_KNOWN.get(descriptor.full_name)
        if known is not None:
            return dict(known)
        name = component_name(descriptor)
        if name not in self.components:
            # Set before its fields are read: a message may contain itself.
            self.components[name] = {}
            self.components[name] = self.inline(descriptor)
        return {"$ref": f"#/components/schemas/{name}"}

    def is_one_value(self, field: FieldDescriptor) -> bool:
        """Whether a field is one value in JSON, or a list of them, and no object with members."""
        kind = field.message_type
        return kind is None or field.is_repeated or kind.full_name in _WELL_KNOWN

    def field(self, field: FieldDescriptor) -> Schema:
        """The schema of a field with its rules and its comment."""
        rules = self._contract.option(field, "buf.validate.field")
        schema = constrain(self._unconstrained(field), field, rules)
        comment = self._contract.comment(field.full_name)
        return schema | ({"description": comment} if comment else {})

    def _unconstrained(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            value = field.message_type.fields_by_name["value"]
            return {"type": "object", "additionalProperties": self._single(value)}
        if field.is_repeated:
            return {"type": "array", "items": self._single(field)}
        return self._single(field)

    def _single(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            return self.message(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return dict(_SCALARS[field.type])

    def inline(self, descriptor: Descriptor, *, without: frozenset[str] = frozenset()) -> Schema:
        """The schema of a message itself, without the fields of those names."""
        fields = [field for field in descriptor.fields if field.name not in without]
        schema: Schema = {"type": "object"}
        comment = self._contract.comment(descriptor.full_name)
        if comment:
            schema["description"] = comment
        schema["properties"] = {field.json_name: self.field(field) for field in fields}
        required = [
            field.json_name
            for field in fields
            if is_required(field, self._contract.option(field, "buf.validate.field"))
        ]
        if required:
            schema["required"] = required
        choices = [self._choice(oneof) for oneof in descriptor.oneofs if len(oneof.fields) > 1]
        if choices:
            schema["allOf"] = choices
        return schema

    def _choice(self, oneof: Any) -> Schema:
        alternatives: list[Schema] = [{"required": [f.json_name]} for f in oneof.fields]
        rules = self._contract.option(oneof, "buf.validate.oneof")
        if rules is None or not rules.required:
            alternatives.append({"not": {"anyOf": list(alternatives)}})
        return {"oneOf": alternatives}

    def _enum(self, enum: EnumDescriptor) -> Schema:
        name = component_name(enum)
        if name not in self.components:
            comments = {
                v.name: self._contract.comment(f"{enum.full_name}.{v.name}") for v in enum.values
            }
            lines = [self._contract.comment(enum.full_name), ""]
            lines += [f"- `{value}`: {comment}" for value, comment in comments.items() if comment]
            self.components[name] = {
                "type": "string",
                "enum": [value.name for value in enum.values],
                "description": "\n".join(lines).strip(),
            }
        return {"$ref": f"#/components/schemas/{name}"}


def component_name(descriptor: Descriptor | EnumDescriptor) -> str:
    """A name that stays unique: `ontology.v1.Branch` beside `datakernel.v1.Branch`."""
    return descriptor.full_name.removeprefix("oms.")
