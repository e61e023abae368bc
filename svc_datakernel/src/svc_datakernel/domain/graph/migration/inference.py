"""What changed between two schemas, whether each change weakens, and what operations lead there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from svc_datakernel.domain.graph.json_values import same
from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.property_types import is_optional, weakens, without_unfold
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    ClassDocument,
    Classes,
    own_properties,
    parents,
    properties,
)

# Members that say nothing about which documents are valid.
_REMARKS: Final = {
    "@documentation": ("ReplaceClassDocumentation", "documentation"),
    "@metadata": ("ReplaceClassMetadata", "metadata"),
}
_DESTRUCTIVE: Final = ("DeleteClass", "DeleteClassProperty", "Abstract")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two schemas.

    Args:
        class_name: The class, or `@context`.
        member: The property or the member of the class document; empty for the class as a whole.
        what: What happened, such as `property_added`.
        is_weakening: Every document stays valid as it is.
        operation: What leads there; None where no operation does, or it needs a default.
    """

    class_name: str
    member: str
    what: str
    is_weakening: bool
    operation: Operation | None = None

    @property
    def is_destructive(self) -> bool:
        """Whether documents or values may go away."""
        return self.operation is not None and self.operation.kind in _DESTRUCTIVE


def infer(before: Classes, after: Classes) -> list[Change]:
    """Finds what changed, in an order in which the operations can be applied."""
    changes: list[Change] = []
    for name in after:
        if name not in before and name != CONTEXT:
            operation = Operation("CreateClass", {"class_document": after[name]})
            changes.append(Change(name, "", "class_added", True, operation))
    for name in before:
        if name == CONTEXT:
            changes += _of_context(before[name], after.get(name, {}))
        elif name in after:
            changes += _of_class(name, before, after)
    for name in before:
        if name not in after and name != CONTEXT:
            operation = Operation("DeleteClass", {"class": name})
            changes.append(Change(name, "", "class_deleted", False, operation))
    return changes


def _of_context(before: ClassDocument, after: ClassDocument) -> Iterator[Change]:
    if before == after:
        return
    is_fixed_kept = all(before.get(key) == after.get(key) for key in ("@base", "@schema"))
    operation = Operation("ReplaceContext", {"context": after}) if is_fixed_kept else None
    yield Change(CONTEXT, "", "context_changed", is_fixed_kept, operation)


def _of_class(name: str, before: Classes, after: Classes) -> Iterator[Change]:
    old, new = before[name], after[name]
    for key in sorted(old.keys() | new.keys()):
        if not key.startswith("@") or same(old.get(key), new.get(key)):
            continue
        if key in _REMARKS:
            kind, member = _REMARKS[key]
            operation = Operation(kind, {"class": name, member: new.get(key, {})})
            yield Change(name, key, "remark_changed", True, operation if key in new else None)
        elif key == "@inherits":
            yield _of_parents(name, before, after)
        else:
            yield _of_member(name, key, old, new)
    yield from _of_properties(name, before, after)


def _of_member(name: str, key: str, old: ClassDocument, new: ClassDocument) -> Change:
    what = f"{key.removeprefix('@')}_changed"
    if key in ("@abstract", "@unfoldable"):
        is_set = key in new
        kind = ("" if is_set else "Not") + key.removeprefix("@").capitalize()
        is_weakening = key == "@unfoldable" or not is_set
        return Change(name, key, what, is_weakening, Operation(kind, {"class": name}))
    if key == "@value":
        added = [value for value in new.get(key, []) if value not in old.get(key, [])]
        if all(value in new.get(key, []) for value in old.get(key, [])):
            operation = Operation("ExpandEnum", {"enum": name, "values": added})
            return Change(name, key, "enum_expanded", True, operation)
        return Change(name, key, "enum_values_deleted", False)
    if key == "@key" and key in new:
        fields = {"fields": new[key]["@fields"]} if "@fields" in new[key] else {}
        members = {"class": name, "key": new[key].get("@type", "Random"), **fields}
        return Change(name, key, what, False, Operation("ChangeKey", members))
    if key == "@oneOf":
        return Change(name, key, what, _is_choice_wider(old.get(key), new.get(key)))
    return Change(name, key, what, False)


def _is_choice_wider(old: Any, new: Any) -> bool:
    before = [old] if isinstance(old, Mapping) else old or []
    after = [new] if isinstance(new, Mapping) else new or []
    return len(before) == len(after) and all(
        all(now.get(key) == declared for key, declared in choice.items())
        for choice, now in zip(before, after, strict=True)
    )


def _of_parents(name: str, before: Classes, after: Classes) -> Change:
    wanted = parents(after[name])
    operation = Operation("ChangeParents", {"class": name, "parents": wanted})
    had, has = properties(before, name), properties(after, name)
    is_weakening = set(parents(before[name])) <= set(wanted) and all(
        is_optional(declared) for key, declared in has.items() if key not in had
    )
    return Change(name, "@inherits", "parents_changed", is_weakening, operation)


def _of_properties(name: str, before: Classes, after: Classes) -> Iterator[Change]:
    old, new = _declared(before[name]), _declared(after[name])
    in_choices = own_properties(after[name]).keys() - new.keys()
    is_union = after[name].get("@type") == "TaggedUnion"
    for key in sorted(old.keys() - new.keys()):
        operation = Operation("DeleteClassProperty", {"class": name, "property": key})
        found = None if key in in_choices else operation
        yield Change(name, key, "property_deleted", False, found)
    for key in sorted(new.keys() - old.keys()):
        yield _added(name, key, new[key], is_union=is_union)
    for key in sorted(old.keys() & new.keys()):
        if old[key] == new[key]:
            continue
        is_weakening = weakens(old[key], new[key], after)
        kind = "UpcastClassProperty" if is_weakening else "CastClassProperty"
        members = {"class": name, "property": key, "type": new[key]}
        if without_unfold(old[key]) == without_unfold(new[key]):
            yield Change(name, key, "property_shown_otherwise", True)
        else:
            what = "property_widened" if is_weakening else "property_narrowed"
            yield Change(name, key, what, is_weakening, Operation(kind, members))


def _added(name: str, key: str, declared: Any, *, is_union: bool) -> Change:
    members = {"class": name, "property": key, "type": declared}
    is_list = isinstance(declared, Mapping) and declared.get("@type") == "List"
    is_weakening = is_union or is_optional(declared)
    operation = Operation("CreateClassProperty", members) if is_weakening or is_list else None
    return Change(name, key, "property_added", is_weakening, operation)


def _declared(document: ClassDocument) -> dict[str, Any]:
    return {key: value for key, value in document.items() if not key.startswith("@")}
