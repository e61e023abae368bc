"""Writes the types of fields as Python annotations, and notes what has to be imported for them."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf import descriptor_pb2
from google.protobuf.compiler import plugin_pb2

_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    _FIELD.TYPE_STRING: ("str", '""'),
    _FIELD.TYPE_BYTES: ("bytes", 'b""'),
    _FIELD.TYPE_BOOL: ("bool", "False"),
    _FIELD.TYPE_DOUBLE: ("float", "0.0"),
    _FIELD.TYPE_FLOAT: ("float", "0.0"),
}
_INTEGER = ("int", "0")
# What protobuf's constructors take for a message instead, beside a mapping of its fields.
_NATIVE = {
    ".google.protobuf.Timestamp": "datetime.datetime",
    ".google.protobuf.Duration": "datetime.timedelta",
}


class Types:
    """Types of one module."""

    def __init__(self, request: plugin_pb2.CodeGeneratorRequest) -> None:
        self._located: dict[str, tuple[str, str, str]] = {}
        self._map_entries: dict[str, descriptor_pb2.DescriptorProto] = {}
        self._imports: set[str] = set()
        for file in request.proto_file:
            self._note(file)

    def _note(self, file: descriptor_pb2.FileDescriptorProto) -> None:
        folder, _, module = file.name.removesuffix(".proto").replace("/", ".").rpartition(".")
        alias = f"{folder.split('.')[1]}_{module}_pb2" if folder.startswith("oms.") else ""
        package = (folder, f"{module}_pb2", alias)
        for name, message in _nested(file):
            self._located[name] = package
            if isinstance(message, descriptor_pb2.DescriptorProto) and message.options.map_entry:
                self._map_entries[name] = message

    def imports(self) -> list[str]:
        """The import statements, ordered."""
        return sorted(self._imports)

    def message(self, full_name: str) -> str:
        """A message or an enum, as it is named in Python."""
        folder, module, alias = self._located[full_name]
        short = self._short(full_name)
        as_alias = f" as {alias}" if alias else ""
        self._imports.add(f"from {folder} import {module}{as_alias}")
        return f"{alias or module}.{short}"

    def _short(self, full_name: str) -> str:
        # A package's names are in lower case, those of messages and enums are not.
        return ".".join(part for part in full_name.split(".") if part[:1].isupper())

    def element(self, entry: _FIELD) -> str:
        """What one value of a field is when it is read."""
        if entry.type_name:
            return self.message(entry.type_name)
        return _SCALARS.get(entry.type, _INTEGER)[0]

    def _given(self, entry: _FIELD) -> str:
        """What one value of a field may be given as."""
        if entry.type == _FIELD.TYPE_ENUM:
            return f"{self.message(entry.type_name)} | str"
        if entry.type != _FIELD.TYPE_MESSAGE:
            return self.element(entry)
        native = _NATIVE.get(entry.type_name, "")
        if native:
            self._imports.add("import datetime")
        kinds = [self.message(entry.type_name), native, "Mapping[str, Any]"]
        return " | ".join(kind for kind in kinds if kind)

    def argument(self, owner: descriptor_pb2.DescriptorProto, entry: _FIELD) -> tuple[str, str]:
        """The annotation of an argument for a field, and its default, which leaves it unset."""
        if entry.type_name in self._map_entries:
            key, value = self._map_entries[entry.type_name].field
            return f"Mapping[{self.element(key)}, {self._given(value)}] | None", "None"
        if entry.label == _FIELD.LABEL_REPEATED:
            return f"Iterable[{self._given(entry)}]", "()"
        has_presence = entry.HasField("oneof_index") or entry.type_name
        if has_presence:
            return f"{self._given(entry)} | None", "None"
        return _SCALARS.get(entry.type, _INTEGER)


def _nested(
    file: descriptor_pb2.FileDescriptorProto,
) -> Iterator[tuple[str, descriptor_pb2.DescriptorProto | descriptor_pb2.EnumDescriptorProto]]:
    def inside(
        prefix: str, message: descriptor_pb2.DescriptorProto
    ) -> Iterator[tuple[str, descriptor_pb2.DescriptorProto | descriptor_pb2.EnumDescriptorProto]]:
        name = f"{prefix}.{message.name}"
        yield name, message
        for enum in message.enum_type:
            yield f"{name}.{enum.name}", enum
        for inner in message.nested_type:
            yield from inside(name, inner)

    for enum in file.enum_type:
        yield f".{file.package}.{enum.name}", enum
    for message in file.message_type:
        yield from inside(f".{file.package}", message)
