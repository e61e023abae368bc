"""What each operation does to the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.property_types import is_optional, weakens, without_unfold
from svc_datakernel.domain.graph.schema_classes import (
    CONTEXT,
    ClassDocument,
    Classes,
    descendants,
    own_properties,
    parents,
    properties,
)

_UNCHANGEABLE: Final = ("@base", "@schema")


def apply_to_schema(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    """The schema after an operation.

    Raises:
        MigrationRefused: the operation does not fit the schema.
    """
    return _STEPS[operation.kind](classes, operation)


def _create_class(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    document: Mapping[str, Any] = operation["class_document"]
    name = document.get("@id")
    if not isinstance(name, str) or not name or "@type" not in document:
        raise operation.refused("the class document needs '@id' and '@type'")
    _check_is_free(classes, operation, name)
    return {**classes, name: document}


def _delete_class(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name = operation["class"]
    _document(classes, operation, name)
    children = sorted(each for each in classes if name in parents(classes[each]))
    if children:
        raise operation.refused(f"{', '.join(children)} inherit from {name!r}")
    return {key: value for key, value in classes.items() if key != name}


def _move_class(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    old, new = operation["from"], operation["to"]
    _document(classes, operation, old)
    _check_is_free(classes, operation, new)
    return {
        new if name == old else name: renamed_in_class(document, old, new)
        for name, document in classes.items()
    }


def renamed_in_class(document: ClassDocument, old: str, new: str) -> dict[str, Any]:
    """A class document where a class has another name."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key == "@id":
            found[key] = new if value == old else value
        elif key == "@inherits":
            found[key] = _renamed_type(value, old, new)
        elif key == "@oneOf":
            choices = [value] if isinstance(value, Mapping) else value
            renamed = [
                {name: _renamed_type(each, old, new) for name, each in choice.items()}
                for choice in choices
            ]
            found[key] = renamed[0] if isinstance(value, Mapping) else renamed
        else:
            found[key] = value if key.startswith("@") else _renamed_type(value, old, new)
    return found


def _renamed_type(declared: Any, old: str, new: str) -> Any:
    if isinstance(declared, str):
        return new if declared == old else declared
    if isinstance(declared, list):
        return [_renamed_type(each, old, new) for each in declared]
    return {
        key: _renamed_type(value, old, new) if key == "@class" else value
        for key, value in declared.items()
    }


def _create_property(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, wanted = operation["class"], operation["property"]
    document = _document(classes, operation, name)
    for each in sorted(descendants(classes, name)):
        if wanted in properties(classes, each):
            raise operation.refused(f"{each!r} has a property {wanted!r}")
    return {**classes, name: {**document, wanted: operation["type"]}}


def _delete_property(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, unwanted = operation["class"], operation["property"]
    document = _document(classes, operation, name)
    _check_is_own(classes, operation, unwanted)
    _check_no_key(classes, operation, unwanted)
    return {
        **classes,
        name: _with_types(document, lambda key, type_: _without(key, type_, unwanted)),
    }


def _without(key: str, declared: Any, unwanted: str) -> Mapping[str, Any]:
    return {} if key == unwanted else {key: declared}


def _move_property(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, old, new = operation["class"], operation["from"], operation["to"]
    document = _document(classes, operation, name)
    _check_is_own(classes, operation, old)
    for each in sorted(descendants(classes, name)):
        if new in properties(classes, each):
            raise operation.refused(f"{each!r} has a property {new!r}")
    moved = _with_types(document, lambda key, type_: {new if key == old else key: type_})
    after = {**classes, name: _with_key_fields(moved, old, new)}
    for each in sorted(descendants(classes, name)):
        if old in properties(after, each):
            raise operation.refused(
                f"{each!r} has {old!r} from elsewhere too", "api:ImmovableProperty"
            )
        after[each] = _with_key_fields(after[each], old, new)
    return after


def _with_key_fields(document: ClassDocument, old: str, new: str) -> dict[str, Any]:
    key: Any = document.get("@key", {})
    fields: Any = key.get("@fields")
    if not fields:
        return dict(document)
    return {
        **document,
        "@key": {**key, "@fields": [new if field == old else field for field in fields]},
    }


def _upcast_property(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    _check_is_own(classes, operation, operation["property"])
    before = own_properties(_document(classes, operation, operation["class"]))[
        operation["property"]
    ]
    if not weakens(before, operation["type"], classes):
        raise operation.refused(
            "not every value of the type now is one of the type wanted",
            "api:UpcastNotASchemaWeakening",
        )
    return _with_type(classes, operation)


def _cast_property(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    _check_is_own(classes, operation, operation["property"])
    return _with_type(classes, operation)


def _with_type(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, wanted = operation["class"], operation["property"]
    document = _document(classes, operation, name)
    new = operation["type"]
    return {
        **classes,
        name: _with_types(document, lambda key, type_: {key: new if key == wanted else type_}),
    }


def _change_key(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, kind, fields = operation["class"], operation["key"], operation.get("fields")
    document = _document(classes, operation, name)
    if kind in ("Random", "ValueHash"):
        key: dict[str, Any] = {"@type": kind}
    elif kind in ("Lexical", "Hash"):
        known = properties(classes, name)
        missing = [field for field in fields or () if field not in known]
        if not fields or missing:
            raise operation.refused(f"a {kind} key needs fields of the class; not {missing}")
        key = {"@type": kind, "@fields": list(fields)}
    else:
        raise operation.refused(f"there is no key {kind!r}")
    return {**classes, name: {**document, "@key": key}}


def _change_parents(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name, wanted = operation["class"], list(operation["parents"])
    document = _document(classes, operation, name)
    for parent in wanted:
        _document(classes, operation, parent)
        if parent in descendants(classes, name):
            raise operation.refused(f"{parent!r} inherits from {name!r}")
    rest = {key: value for key, value in document.items() if key != "@inherits"}
    after = {**classes, name: {**rest, "@inherits": wanted} if wanted else rest}
    _check_defaults(classes, after, operation)
    return after


def _check_defaults(classes: Classes, after: Classes, operation: Operation) -> None:
    defaults = {each.get("property"): each for each in operation.get("properties") or ()}
    used: set[str] = set()
    for name in sorted(descendants(after, operation["class"])):
        before, now = properties(classes, name), properties(after, name)
        for key, declared in now.items():
            if key not in before and key in defaults:
                used.add(key)
            elif key not in before and not _is_safe(declared):
                raise operation.refused(f"{key!r} of {name!r} is required and has no default")
            elif key in before and without_unfold(before[key]) != without_unfold(declared):
                raise operation.refused(f"the type of {key!r} of {name!r} would change")
    unused = sorted(set(map(str, defaults)) - used)
    if unused:
        raise operation.refused(f"the defaults of {', '.join(unused)} are for no new property")


def _is_safe(declared: Any) -> bool:
    # A list is required, but that it is empty goes without saying.
    return is_optional(declared) or (isinstance(declared, Mapping) and declared["@type"] == "List")


def _expand_enum(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    name = operation["enum"]
    document = _document(classes, operation, name)
    if document["@type"] != "Enum":
        raise operation.refused(f"{name!r} is no enum")
    values: list[str] = list(document.get("@value", []))
    values += [value for value in dict.fromkeys(operation["values"]) if value not in values]
    return {**classes, name: {**document, "@value": values}}


def _replace(member: str, key: str) -> Step:
    def step(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
        document = _document(classes, operation, operation["class"])
        return {**classes, operation["class"]: {**document, member: operation[key]}}

    return step


def _mark(member: str, *, is_set: bool) -> Step:
    def step(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
        document = dict(_document(classes, operation, operation["class"]))
        if is_set:
            document[member] = []
        elif document.pop(member, None) is None:
            raise operation.refused(f"{operation['class']!r} has no {member!r}")
        return {**classes, operation["class"]: document}

    return step


def _replace_context(classes: Classes, operation: Operation) -> dict[str, ClassDocument]:
    before, after = classes.get(CONTEXT, {}), operation["context"]
    for key in _UNCHANGEABLE:
        if after.get(key, before.get(key)) != before.get(key):
            raise operation.refused(f"{key!r} is fixed with the database")
    kept = {key: before[key] for key in _UNCHANGEABLE if key in before}
    rest = {key: value for key, value in after.items() if key != "@id"}
    return {**classes, CONTEXT: {**rest, **kept, "@type": CONTEXT}}


def _document(classes: Classes, operation: Operation, name: str) -> ClassDocument:
    if name not in classes or name == CONTEXT:
        raise operation.refused(f"there is no class {name!r}")
    return classes[name]


def _check_is_free(classes: Classes, operation: Operation, name: str) -> None:
    if name in classes:
        raise operation.refused(f"there is a class {name!r}", "api:ClassExists")


def _check_is_own(classes: Classes, operation: Operation, name: str) -> None:
    document = _document(classes, operation, operation["class"])
    if name not in own_properties(document):
        raise operation.refused(f"{operation['class']!r} declares no property {name!r}")


def _check_no_key(classes: Classes, operation: Operation, name: str) -> None:
    for each in sorted(descendants(classes, operation["class"])):
        key: Any = classes[each].get("@key", {})
        if name in (key.get("@fields") or ()):
            raise operation.refused(f"{name!r} is in the key of {each!r}; change the key first")


def _with_types(
    document: ClassDocument, change: Callable[[str, Any], Mapping[str, Any]]
) -> dict[str, Any]:
    """A class document with each property, also in `@oneOf`, as `change` makes it."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        if key == "@oneOf":
            choices = [value] if isinstance(value, Mapping) else value
            changed = [_changed(choice, change) for choice in choices]
            kept = [choice for choice in changed if choice]
            if kept:
                found[key] = kept[0] if isinstance(value, Mapping) else kept
        elif key.startswith("@"):
            found[key] = value
        else:
            found |= change(key, value)
    return found


def _changed(
    choice: Mapping[str, Any], change: Callable[[str, Any], Mapping[str, Any]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in choice.items():
        found |= change(key, value)
    return found


Step = Callable[[Classes, Operation], dict[str, ClassDocument]]
_STEPS: Final[Mapping[str, Step]] = {
    "CreateClass": _create_class,
    "DeleteClass": _delete_class,
    "MoveClass": _move_class,
    "CreateClassProperty": _create_property,
    "DeleteClassProperty": _delete_property,
    "MoveClassProperty": _move_property,
    "UpcastClassProperty": _upcast_property,
    "CastClassProperty": _cast_property,
    "ChangeKey": _change_key,
    "ChangeParents": _change_parents,
    "ExpandEnum": _expand_enum,
    "ReplaceClassMetadata": _replace("@metadata", "metadata"),
    "ReplaceClassDocumentation": _replace("@documentation", "documentation"),
    "ReplaceContext": _replace_context,
    "Abstract": _mark("@abstract", is_set=True),
    "NotAbstract": _mark("@abstract", is_set=False),
    "Unfoldable": _mark("@unfoldable", is_set=True),
    "NotUnfoldable": _mark("@unfoldable", is_set=False),
}
