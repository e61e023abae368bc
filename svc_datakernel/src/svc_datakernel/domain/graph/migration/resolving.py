"""Names that callers wrote in operations and schema documents, as they are in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.prefixes import Context
from svc_datakernel.domain.graph.schema import FaultFound, parse_document, refuse
from svc_datakernel.domain.graph.schema_classes import CONTEXT, ClassDocument

_NAMES: Final = ("class", "property", "from", "to", "enum")
_LISTS: Final = ("fields", "parents")


def resolved(operation: Operation, context: Context) -> Operation:
    """An operation whose names are as in the schema.

    Raises:
        InvalidSchema: a class document or a type is none.
        InvalidField: a name has a prefix that is unknown.
    """
    members: dict[str, Any] = dict(operation.members)
    for key in _NAMES:
        if key in members:
            members[key] = context.name_of(members[key])
    for key in _LISTS:
        if key in members:
            members[key] = [context.name_of(each) for each in members[key]]
    if "class_document" in members:
        members["class_document"] = class_document(members["class_document"], context)
    if "type" in members:
        shell = {"@type": "Class", "@id": "Type", "p": members["type"]}
        members["type"] = class_document(shell, context)[context.name_of("p")]
    if "properties" in members:
        members["properties"] = [_with_name(each, context) for each in members["properties"]]
    return Operation(operation.kind, members)


def class_document(document: Mapping[str, Any], context: Context) -> ClassDocument:
    """A schema document as callers write it, as it is read back.

    Raises:
        InvalidSchema: it is none.
    """
    if document.get("@type") in (CONTEXT, "Context"):
        return {key: value for key, value in document.items() if key != "@id"} | {"@type": CONTEXT}
    try:
        parsed = parse_document(context, document)
    except FaultFound as exc:
        refuse([exc.fault])
        raise
    return {"@id": parsed.name, "@type": parsed.kind, **parsed.document}


def _with_name(default: Mapping[str, Any], context: Context) -> dict[str, Any]:
    name: Any = default.get("property")
    return {**default, "property": context.name_of(name) if isinstance(name, str) else name}
