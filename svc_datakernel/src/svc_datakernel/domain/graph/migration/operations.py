"""Operations of a migration, as callers write them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from oms_core.errors import InvalidPatch, MigrationRefused

from svc_datakernel.domain.canonical_json import parse_exact, write_exact

_TEXT: Final = "text"
_OBJECT: Final = "an object"
_TEXTS: Final = "an array of texts"
_ANY: Final = "anything"
_TYPE: Final = "a type"

# What members an operation has; those that end in "?" may be left out.
_MEMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    "CreateClass": {"class_document": _OBJECT},
    "DeleteClass": {"class": _TEXT},
    "MoveClass": {"from": _TEXT, "to": _TEXT},
    "CreateClassProperty": {"class": _TEXT, "property": _TEXT, "type": _TYPE, "default?": _ANY},
    "DeleteClassProperty": {"class": _TEXT, "property": _TEXT},
    "MoveClassProperty": {"class": _TEXT, "from": _TEXT, "to": _TEXT},
    "UpcastClassProperty": {"class": _TEXT, "property": _TEXT, "type": _TYPE},
    "CastClassProperty": {"class": _TEXT, "property": _TEXT, "type": _TYPE, "default?": _OBJECT},
    "ChangeKey": {"class": _TEXT, "key": _TEXT, "fields?": _TEXTS},
    "ChangeParents": {"class": _TEXT, "parents": _TEXTS, "properties?": "an array of objects"},
    "ExpandEnum": {"enum": _TEXT, "values": _TEXTS},
    "ReplaceClassMetadata": {"class": _TEXT, "metadata": _ANY},
    "ReplaceClassDocumentation": {"class": _TEXT, "documentation": _ANY},
    "ReplaceContext": {"context": _OBJECT},
    "Abstract": {"class": _TEXT},
    "NotAbstract": {"class": _TEXT},
    "Unfoldable": {"class": _TEXT},
    "NotUnfoldable": {"class": _TEXT},
}
_ALIASES: Final = {"RenameClass": "MoveClass", "RenameClassProperty": "MoveClassProperty"}
MOST_OPERATIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its kind and its members, checked."""

    kind: str
    members: Mapping[str, Any]

    def __getitem__(self, member: str) -> Any:
        return self.members[member]

    def get(self, member: str) -> Any:
        """A member that may be left out; None then."""
        return self.members.get(member)

    def as_json(self) -> dict[str, Any]:
        """The operation as callers write it."""
        return {"@type": self.kind, **self.members}

    def refused(self, why: str, api_error: str = "api:SchemaOperationFailed") -> MigrationRefused:
        """An error that says why the schema does not allow the operation."""
        written = write_exact(self.as_json()).decode()
        return MigrationRefused(
            f"{self.kind} can't be applied: {why}",
            metadata={"api_error": api_error, "operation": written[:2_000]},
        )


def parse_operations(body: bytes) -> list[Operation]:
    """Reads a JSON array of operations.

    Raises:
        InvalidPatch: no array of up to 1,000 operations with the members they need.
    """
    try:
        value = parse_exact(body.decode())
    except (ValueError, RecursionError) as exc:
        raise _invalid(f"the operations are no JSON: {exc}") from exc
    found: Any = value.get("operations") if isinstance(value, dict) else value
    if not isinstance(found, list):
        raise _invalid("the operations are no JSON array")
    if len(found) > MOST_OPERATIONS:
        raise _invalid(f"there are {len(found)} operations, more than {MOST_OPERATIONS}")
    return [_operation(each, at) for at, each in enumerate(found)]


def _operation(raw: Any, at: int) -> Operation:
    kind: Any = raw.get("@type") if isinstance(raw, dict) else None
    kind = _ALIASES.get(kind, kind) if isinstance(kind, str) else kind
    if not isinstance(kind, str) or kind not in _MEMBERS:
        raise _invalid(f"operation {at} has the unknown type {kind!r}", raw)
    wanted = _MEMBERS[kind]
    for member in raw:
        if member != "@type" and member not in wanted and f"{member}?" not in wanted:
            raise _invalid(f"operation {at}, {kind}, has no member {member!r}", raw)
    for name, form in wanted.items():
        member = name.removesuffix("?")
        if member not in raw and not name.endswith("?"):
            raise _invalid(f"operation {at}, {kind}, lacks {member!r}", raw)
        if member in raw and not _is(form, raw[member]):
            raise _invalid(f"{member!r} of operation {at}, {kind}, is not {form}", raw)
    return Operation(kind, {key: value for key, value in raw.items() if key != "@type"})


def _is(form: str, value: Any) -> bool:
    if form == _TEXT:
        return type(value) is str and bool(value)
    if form == _OBJECT:
        return isinstance(value, dict)
    if form == _TYPE:
        return type(value) is str or (isinstance(value, dict) and "@class" in value)
    if form == _TEXTS:
        return _is_array(value) and all(type(each) is str for each in value)
    return form == _ANY or (_is_array(value) and all(isinstance(each, dict) for each in value))


def _is_array(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _invalid(why: str, operation: Any = None) -> InvalidPatch:
    metadata = {"api_error": "api:UnknownSchemaMigrationOperation"}
    if operation is not None:
        metadata["operation"] = json.dumps(operation, ensure_ascii=False)[:2_000]
    return InvalidPatch(why, metadata=metadata)
