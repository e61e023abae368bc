"""What operations on classes do to the documents. Each answers how many nodes it changed."""

from __future__ import annotations

from typing import Any

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.migration.draft import Body, Draft, nodes
from svc_datakernel.domain.graph.migration.property_steps import (
    default_value,
    no_default,
    remove_property,
    setting,
)
from svc_datakernel.domain.graph.migration.rekeying import rekey
from svc_datakernel.domain.graph.migration.step import Step
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import descendants, properties


def delete_class(step: Step) -> int:
    name: str = step.operation["class"]
    if step.before[name]["@type"] == "Enum":
        return 0  # a document that has one of its values is refused by the check of the schema
    return _delete_documents(step, name, f"documents of {name!r} would be deleted")


def abstract(step: Step) -> int:
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


def move_class(step: Step) -> int:
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


def change_key(step: Step) -> int:
    return rekey(step.draft, step.operation, step.before, step.after)


def change_parents(step: Step) -> int:
    defaults: dict[str, Any] = {
        each.get("property"): each.get("default") for each in step.operation.get("properties") or ()
    }
    count = 0
    for name in sorted(descendants(step.after, step.operation["class"])):
        had, has = properties(step.before, name), properties(step.after, name)
        for key in sorted(had.keys() - has.keys()):
            count += remove_property(step, {name}, key)
        for key in sorted(has.keys() - had.keys()):
            default = defaults.get(key)
            if default is None:
                default = no_default(step, name, has[key])
            if default is not None:
                value = default_value(step, key, has[key], default)
                count += step.draft.edit({name}, setting(key, value))
    return count
