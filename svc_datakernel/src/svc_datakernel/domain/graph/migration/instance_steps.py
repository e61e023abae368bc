"""What each operation does to the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from oms_core.errors import MigrationRefused, PreconditionViolation

from svc_datakernel.domain import values
from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.json_values import same
from svc_datakernel.domain.graph.migration.draft import Body, Draft, nodes
from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.migration.rekeying import rekey
from svc_datakernel.domain.graph.property_types import is_optional, property_type
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import Classes, descendants, properties
from svc_datakernel.domain.graph.terms import Literal

MOST_NAMED: Final = 100


class Step:
    """One operation about to be applied to the documents.

    Args:
        before: The schema before the operation.
        after: The schema after it.
        allow_destructive: Whether documents and values may go away.
    """

    def __init__(
        self,
        draft: Draft,
        operation: Operation,
        before: Classes,
        after: Classes,
        *,
        allow_destructive: bool,
    ) -> None:
        self.draft = draft
        self.operation = operation
        self.before = before
        self.after = after
        self._allow_destructive = allow_destructive

    def apply(self) -> int:
        """Changes the documents; answers how many documents and subdocuments.

        Raises:
            MigrationRefused: documents stand in the way; up to 100 of them are named.
        """
        step = _STEPS.get(self.operation.kind)
        return 0 if step is None else step(self)

    def refuse(self, ids: Iterable[str], why: str, api_error: str) -> MigrationRefused:
        """An error that names the documents in the way."""
        named = sorted(set(ids))[:MOST_NAMED]
        error = self.operation.refused(f"{why}: {', '.join(named[:5])}", api_error)
        return MigrationRefused(
            error.message,
            metadata=error.metadata,
            preconditions=[PreconditionViolation("MIGRATION", each, why) for each in named],
        )

    def check_destructive(self, ids: Iterable[str], why: str) -> None:
        """Refuses where something would go away that may not."""
        if not self._allow_destructive:
            found = list(_some(ids))
            if found:
                raise self.refuse(found, why, "api:DestructiveMigration")


def _some(ids: Iterable[str]) -> Iterator[str]:
    for _, each in zip(range(MOST_NAMED), ids, strict=False):
        yield each


def _delete_class(step: Step) -> int:
    name: str = step.operation["class"]
    if step.before[name]["@type"] == "Enum":
        return 0  # a document that has one of its values is refused by the check of the schema
    return _delete_documents(step, name, f"documents of {name!r} would be deleted")


def _abstract(step: Step) -> int:
    name: str = step.operation["class"]
    return _delete_documents(step, name, f"{name!r} has documents of its own")


def _delete_documents(step: Step, name: str, why: str) -> int:
    ids = step.draft.of_classes({name})
    inside = [each for each in step.draft.holding({name}) if each not in set(ids)]
    if inside:
        raise step.refuse(inside, f"has subdocuments of {name!r}", "api:SchemaOperationFailed")
    step.check_destructive(ids, why)
    gone = set(ids)
    for document_id, type_name, body in step.draft.documents(step.draft.referring(ids)):
        if document_id not in gone:
            step.draft.put(document_id, type_name, without_references(body, gone))
    for each in ids:
        step.draft.remove(each, name)
    return len(ids)


def without_references(value: Any, gone: set[str]) -> Any:
    """An expanded document without its references to some ids. Lists keep their order, arrays
    their gaps."""
    found: Body = {}
    for key, member in value.items():
        if key.startswith("@"):
            found[key] = member
            continue
        kept = [
            _pruned(each, gone) for each in expanded.values_of(member) if not _is_gone(each, gone)
        ]
        if kept:
            found[key] = expanded.gather(kept)
    return found


def _pruned(value: Any, gone: set[str]) -> Any:
    if isinstance(value, list):
        return [None if _is_gone(each, gone) else _pruned(each, gone) for each in value]
    if not isinstance(value, dict):
        return value
    if "@list" in value:
        kept = [_pruned(each, gone) for each in value["@list"] if not _is_gone(each, gone)]
        return {"@list": kept}
    if "@array" in value:
        return {"@array": _pruned(value["@array"], gone)}
    return without_references(value, gone) if expanded.is_subdocument(value) else value


def _is_gone(value: Any, gone: set[str]) -> bool:
    return expanded.is_reference(value) and value["@id"] in gone


def _move_class(step: Step) -> int:
    old, new = step.operation["from"], step.operation["to"]
    if step.before[old]["@type"] == "Enum":
        named: list[str] = step.before[old].get("@value", [])
        new_values = {enum_iri(old, value): enum_iri(new, value) for value in named}
        count = len(step.draft.referring(new_values))
        step.draft.rename(new_values)
        return count
    return rename_class(step.draft, old, new)


def rename_class(draft: Draft, old: str, new: str) -> int:
    """Gives documents and subdocuments of a class another class, and ids that begin with its name.

    References follow. Answers how many changed.
    """
    new_ids: dict[str, str] = {}
    moved: list[tuple[str, str, Body]] = []
    count = 0
    for document_id, type_name, body in draft.documents(draft.holding({old})):
        top_id = document_id
        if type_name == old and document_id.startswith(f"{old}/"):
            top_id = new + document_id[len(old) :]
        for of, node in nodes(type_name, body):
            count += of == old
            if node is not body:
                _rename_node(node, (document_id, top_id), (old, new), new_ids)
        if top_id != document_id:
            new_ids[document_id] = top_id
            draft.remove(document_id, type_name)
        moved.append((top_id, new if type_name == old else type_name, body))
    for document_id, type_name, body in moved:
        draft.put(document_id, type_name, body)
    if new_ids:
        draft.rename(new_ids)
    return count


def _rename_node(
    node: Body, tops: tuple[str, str], names: tuple[str, str], new_ids: dict[str, str]
) -> None:
    (old_top, top), (old, new) = tops, names
    node_id: str = node["@id"]
    renamed_id = top + node_id[len(old_top) :] if node_id.startswith(f"{old_top}/") else node_id
    if node["@type"] == old:
        node["@type"] = new
        head, slash, key = renamed_id.rpartition("/")
        if head == old or head.endswith(f"/{old}"):
            renamed_id = f"{head[: len(head) - len(old)]}{new}{slash}{key}"
    if renamed_id != node_id:
        new_ids[node_id] = node["@id"] = renamed_id


def _create_property(step: Step) -> int:
    name, key, declared = (step.operation[member] for member in ("class", "property", "type"))
    default = step.operation.get("default")
    if step.after[name]["@type"] == "TaggedUnion":
        return 0
    return _add_property(step, name, key, declared, default)


def _add_property(step: Step, name: str, key: str, declared: Any, default: Any) -> int:
    if default is None:
        default = _no_default(step, name, declared)
        if default is None:
            return 0
    value = _default_value(step, key, declared, default)

    def set_default(of: str, node: Body) -> bool:
        if key in node or value is None:
            return False
        node[key] = value
        return True

    return step.draft.edit(descendants(step.after, name), set_default)


def _no_default(step: Step, name: str, declared: Any) -> Any:
    if is_optional(declared):
        return None
    if property_type(declared).family == "List":
        return []
    in_the_way = step.draft.holding(descendants(step.after, name))
    if in_the_way:
        raise step.refuse(
            in_the_way,
            "lacks the new property, which is required and has no default",
            "api:PropertyCreationNotASchemaWeakening",
        )
    return None


def _default_value(step: Step, key: str, declared: Any, default: Any) -> Any:
    """A default as it is stored: `["x"]` for what has several values, `"x"` for one."""
    of = property_type(declared)
    family = declared.get("@type", "") if isinstance(declared, Mapping) else ""
    given = default if isinstance(default, list) else [default]
    found = [_one_default(step, key, of.of, each) for each in given]
    if of.family == "List":
        return {"@list": found}
    if of.family == "Array":
        return {"@array": found}
    if not isinstance(default, list) or family in ("Set", "Cardinality"):
        return expanded.gather(found)
    raise step.operation.refused(f"the default of {key!r} is one value, no array")


def _one_default(step: Step, key: str, of: str, default: Any) -> Any:
    kind = step.after.get(of, {}).get("@type")
    if kind == "Enum":
        if default not in step.after[of].get("@value", []):
            raise step.operation.refused(f"{default!r} is no value of {of!r}")
        return {"@id": enum_iri(of, default)}
    if kind is not None:
        if not isinstance(default, str):
            raise step.operation.refused(f"the default of {key!r} is the id of a {of}")
        return {"@id": default}
    if of == "sys:JSON":
        return {"@json": default}
    try:
        return expanded.value_of(values.parse(of, default))
    except values.BadValue as exc:
        raise step.operation.refused(f"the default {default!r} is no {of}", "api:BadCast") from exc


def _delete_property(step: Step) -> int:
    name, key = step.operation["class"], step.operation["property"]
    # Where a parent declares it too, it stays.
    names = {
        each for each in descendants(step.after, name) if key not in properties(step.after, each)
    }
    return _remove_property(step, names, key)


def _remove_property(step: Step, names: set[str], key: str) -> int:
    def has_it(document: tuple[str, str, Body]) -> bool:
        return any(of in names and key in node for of, node in nodes(document[1], document[2]))

    held = step.draft.documents(step.draft.holding(names))
    step.check_destructive(
        (document[0] for document in held if has_it(document)), f"has values of {key!r}"
    )
    return step.draft.edit(names, lambda of, node: node.pop(key, None) is not None)


def _move_property(step: Step) -> int:
    name, old, new = (step.operation[member] for member in ("class", "from", "to"))

    def move(of: str, node: Body) -> bool:
        if old not in node:
            return False
        node[new] = node.pop(old)
        return True

    return step.draft.edit(descendants(step.after, name), move)


def _upcast_property(step: Step) -> int:
    name, key, declared = (step.operation[member] for member in ("class", "property", "type"))
    of = property_type(declared).of
    if of in step.after or of not in values.DATATYPES:
        return 0
    return step.draft.edit(descendants(step.after, name), _casting(key, of, lambda value: value))


def _cast_property(step: Step) -> int:
    name, key, declared = (step.operation[member] for member in ("class", "property", "type"))
    of = property_type(declared)
    was = property_type(properties(step.before, name)[key])
    names = descendants(step.after, name)
    default = step.operation.get("default") or {"@type": "Error"}
    if of.family != was.family:
        in_the_way = step.draft.holding(names)
        if in_the_way:
            raise step.refuse(in_the_way, "can't be made a list", "api:OperationNotImplemented")
        return 0
    if of.of == was.of or of.of in step.after or of.of not in values.DATATYPES:
        return 0  # whether the values there are fit, the check of the schema says
    failed: list[str] = []

    def instead(value: Any) -> Any:
        if default.get("@type") == "Default":
            return _one_default(step, key, of.of, default.get("value"))
        failed.append("")
        return value

    count = 0
    in_the_way: list[str] = []
    for document_id, type_name, body in step.draft.documents(step.draft.holding(names)):
        cast = _casting(key, of.of, instead)
        changed = sum(cast(each, node) for each, node in nodes(type_name, body) if each in names)
        if failed:
            in_the_way.append(document_id)
            failed.clear()
        elif changed:
            step.draft.put(document_id, type_name, body)
            count += changed
    if in_the_way:
        raise step.refuse(
            in_the_way, f"has a value of {key!r} that is no {of.of}", "api:MigrationCastFailure"
        )
    return count


def _casting(key: str, datatype: str, instead: Callable[[Any], Any]) -> Callable[[str, Body], bool]:
    """An edit that gives the literals of a property another datatype."""

    def cast(value: Any) -> Any:
        if isinstance(value, dict) and "@list" in value:
            return {"@list": [cast(each) for each in value["@list"]]}
        if isinstance(value, dict) and "@array" in value:
            return {"@array": cast(value["@array"])}
        if isinstance(value, list):
            return [cast(each) for each in value]
        literal = None if value is None else expanded.literal_of(value)
        if literal is None or literal.datatype == datatype:
            return value
        made = cast_literal(literal, datatype)
        return instead(value) if made is None else expanded.value_of(made)

    def edit(of: str, node: Body) -> bool:
        if key not in node:
            return False
        before = node[key]
        node[key] = expanded.gather([cast(each) for each in expanded.values_of(before)])
        return not same(node[key], before)

    return edit


def cast_literal(literal: Literal, datatype: str) -> Literal | None:
    """A literal as one of another datatype; None where it is none."""
    is_number = values.is_kind_of(literal.datatype, "xsd:decimal")
    try:
        return values.parse(datatype, Number(literal.lexical) if is_number else literal.lexical)
    except values.BadValue:
        return None


def _change_key(step: Step) -> int:
    return rekey(step.draft, step.operation, step.before, step.after)


def _change_parents(step: Step) -> int:
    defaults: dict[str, Any] = {
        each.get("property"): each.get("default") for each in step.operation.get("properties") or ()
    }
    count = 0
    for name in sorted(descendants(step.after, step.operation["class"])):
        had, has = properties(step.before, name), properties(step.after, name)
        for key in sorted(had.keys() - has.keys()):
            count += _remove_property(step, {name}, key)
        for key in sorted(has.keys() - had.keys()):
            default = defaults.get(key)
            if default is None:
                default = _no_default(step, name, has[key])
            if default is not None:
                value = _default_value(step, key, has[key], default)
                count += step.draft.edit({name}, _setting(key, value))
    return count


def _setting(key: str, value: Any) -> Callable[[str, Body], bool]:
    def edit(of: str, node: Body) -> bool:
        if key in node or value is None:
            return False
        node[key] = value
        return True

    return edit


_STEPS: Final[Mapping[str, Callable[[Step], int]]] = {
    "DeleteClass": _delete_class,
    "MoveClass": _move_class,
    "CreateClassProperty": _create_property,
    "DeleteClassProperty": _delete_property,
    "MoveClassProperty": _move_property,
    "UpcastClassProperty": _upcast_property,
    "CastClassProperty": _cast_property,
    "ChangeKey": _change_key,
    "ChangeParents": _change_parents,
    "Abstract": _abstract,
}
