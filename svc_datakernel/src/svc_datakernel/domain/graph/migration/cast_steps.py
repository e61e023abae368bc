"""What operations that change datatypes do to the documents; how many nodes each changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from svc_datakernel.domain import values
from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.json_values import same
from svc_datakernel.domain.graph.migration.draft import Body, nodes
from svc_datakernel.domain.graph.migration.property_steps import one_default
from svc_datakernel.domain.graph.migration.step import Step
from svc_datakernel.domain.graph.property_types import property_type
from svc_datakernel.domain.graph.schema_classes import descendants, properties
from svc_datakernel.domain.graph.terms import Literal


def upcast_property(step: Step) -> int:
    name, key, declared = (step.operation[member] for member in ("class", "property", "type"))
    of = property_type(declared).of
    if of in step.after or of not in values.DATATYPES:
        return 0
    return step.draft.edit(descendants(step.after, name), _casting(key, of, lambda value: value))


def cast_property(step: Step) -> int:
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
            return one_default(step, key, of.of, default.get("value"))
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
