"""What operations on properties do to the documents. Each answers how many nodes it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from svc_datakernel.domain import values
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.migration.draft import Body, nodes
from svc_datakernel.domain.graph.migration.step import Step
from svc_datakernel.domain.graph.property_types import is_optional, property_type
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import descendants, properties


def create_property(step: Step) -> int:
    name, key, declared = (step.operation[member] for member in ("class", "property", "type"))
    default = step.operation.get("default")
    if step.after[name]["@type"] == "TaggedUnion":
        return 0
    return _add_property(step, name, key, declared, default)


def _add_property(step: Step, name: str, key: str, declared: Any, default: Any) -> int:
    if default is None:
        default = no_default(step, name, declared)
        if default is None:
            return 0
    value = default_value(step, key, declared, default)

    return step.draft.edit(descendants(step.after, name), setting(key, value))


def no_default(step: Step, name: str, declared: Any) -> Any:
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


def default_value(step: Step, key: str, declared: Any, default: Any) -> Any:
    """A default as it is stored: `["x"]` for what has several values, `"x"` for one."""
    of = property_type(declared)
    family = declared.get("@type", "") if isinstance(declared, Mapping) else ""
    given = default if isinstance(default, list) else [default]
    found = [one_default(step, key, of.of, each) for each in given]
    if of.family == "List":
        return {"@list": found}
    if of.family == "Array":
        return {"@array": found}
    if not isinstance(default, list) or family in ("Set", "Cardinality"):
        return expanded.gather(found)
    raise step.operation.refused(f"the default of {key!r} is one value, no array")


def one_default(step: Step, key: str, of: str, default: Any) -> Any:
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


def delete_property(step: Step) -> int:
    name, key = step.operation["class"], step.operation["property"]
    # Where a parent declares it too, it stays.
    names = {
        each for each in descendants(step.after, name) if key not in properties(step.after, each)
    }
    return remove_property(step, names, key)


def remove_property(step: Step, names: set[str], key: str) -> int:
    def has_it(document: tuple[str, str, Body]) -> bool:
        return any(of in names and key in node for of, node in nodes(document[1], document[2]))

    held = step.draft.documents(step.draft.holding(names))
    step.check_destructive(
        (document[0] for document in held if has_it(document)), f"has values of {key!r}"
    )
    return step.draft.edit(names, lambda of, node: node.pop(key, None) is not None)


def move_property(step: Step) -> int:
    name, old, new = (step.operation[member] for member in ("class", "from", "to"))

    def move(of: str, node: Body) -> bool:
        if old not in node:
            return False
        node[new] = node.pop(old)
        return True

    return step.draft.edit(descendants(step.after, name), move)


def setting(key: str, value: Any) -> Callable[[str, Body], bool]:
    """An edit that gives nodes a property which they lack."""

    def edit(of: str, node: Body) -> bool:
        if key in node or value is None:
            return False
        node[key] = value
        return True

    return edit
