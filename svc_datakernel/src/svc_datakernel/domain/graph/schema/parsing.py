"""Schema documents: from JSON, as callers write it or as it is stored, to definitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from oms_core.errors import InvalidField

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph.prefixes import Context
from svc_datakernel.domain.graph.schema.faults import Fault, FaultFound
from svc_datakernel.domain.graph.schema.model import (
    UNBOUNDED,
    ClassDefinition,
    Family,
    Key,
    PropertyType,
)

KINDS: Final = frozenset({"Class", "TaggedUnion", "Enum", "Foreign", "Unit"})
KEYS: Final = frozenset({"Lexical", "Hash", "ValueHash", "Random"})
_FLAGS: Final = ("@abstract", "@subdocument", "@unfoldable", "@shared")
_FAMILIES: Final = frozenset(each.value for each in Family if each is not Family.REQUIRED)
_NATURAL: Final = re.compile(r"[0-9]{1,9}")
_BOUNDS: Final = ("@cardinality", "@min_cardinality", "@max_cardinality")


def parse_document(context: Context, document: Mapping[str, Any]) -> ClassDefinition:
    """Reads a schema document with its `@id` and `@type`.

    `document` of the result is what is to be stored: the same with every name as in the schema.

    Raises:
        FaultFound: it is no schema document.
    """
    kind = document.get("@type")
    name = document.get("@id")
    if not isinstance(kind, str) or isinstance(kind, Number):
        raise FaultFound(_fault(name, "needs a '@type' that is a text", "@type", "MissingField"))
    kind = kind.removeprefix("sys:").removeprefix("http://terminusdb.com/schema/sys#")
    if kind not in KINDS:
        why = f"has the '@type' {kind!r}; it has to be one of {', '.join(sorted(KINDS))}"
        raise FaultFound(_fault(name, why, "@type", "UnknownSchemaType"))
    if not isinstance(name, str) or isinstance(name, Number) or not name:
        raise FaultFound(_fault(name, "needs an '@id' that is a text", "@id", "MissingField"))
    return _Reader(context, _named(context, name, name), kind).read(document)


def _named(context: Context, name: str, text: Any) -> str:
    if not isinstance(text, str) or isinstance(text, Number):
        raise FaultFound(_fault(name, f"has {text!r} where a name has to be", "", "TypeError"))
    try:
        return context.name_of(text)
    except InvalidField as exc:
        raise FaultFound(_fault(name, str(exc), "", "KeyHasUnknownPrefix")) from exc


def _fault(name: Any, message: str, field: str, api_error: str) -> Fault:
    return Fault(str(name or "?"), message, None, field, f"api:{api_error}")


class _Reader:
    """Reads one document; collects what is to be stored on the way."""

    def __init__(self, context: Context, name: str, kind: str) -> None:
        self._context = context
        self._name = name
        self._kind = kind

    def read(self, document: Mapping[str, Any]) -> ClassDefinition:
        if self._kind == "Enum":
            return self._enum(document)
        stored: dict[str, Any] = {}
        properties: dict[str, PropertyType] = {}
        for key, value in document.items():
            if key in ("@id", "@type"):
                continue
            if key.startswith("@"):
                self._keyword(key, value, stored)
            else:
                prop = self._named(key)
                properties[prop], stored[prop] = self._property(prop, value)
        definition = ClassDefinition(
            name=self._name,
            kind=self._kind,
            is_abstract="@abstract" in stored,
            is_subdocument="@subdocument" in stored,
            is_unfoldable="@unfoldable" in stored,
            is_shared="@shared" in stored,
            key=_key(stored),
            base=stored.get("@base"),
            parents=_listed(stored.get("@inherits", [])),
            properties={} if self._kind == "TaggedUnion" else properties,
            one_of=self._one_of(stored, properties),
            document=stored,
        )
        self._check_subdocument(definition)
        return definition

    def _one_of(
        self, stored: Mapping[str, Any], properties: Mapping[str, PropertyType]
    ) -> list[dict[str, PropertyType]]:
        """Choices, of which a TaggedUnion's properties are one."""
        found = [
            {prop: self._property(prop, value)[0] for prop, value in choice.items()}
            for choice in stored.get("@oneOf", [])
        ]
        if self._kind == "TaggedUnion" and properties:
            found.append(dict(properties))
        return found

    def _check_subdocument(self, definition: ClassDefinition) -> None:
        if definition.is_subdocument and not definition.is_abstract and not definition.key.kind:
            why = "is a subdocument without a '@key'"
            raise self._refused("@key", why, "DocumentKeyMissing")
        if definition.is_subdocument and definition.is_shared:
            witness = {
                "@type": "incompatible_class_annotations",
                "annotations": ["shared", "subdocument"],
            }
            why = "can't be both '@shared' and '@subdocument'"
            raise FaultFound(Fault(self._name, why, witness, "@shared"))

    def _enum(self, document: Mapping[str, Any]) -> ClassDefinition:
        values = document.get("@value")
        texts = values if isinstance(values, list) else None
        if texts is None or not all(type(value) is str for value in texts):
            raise self._refused("@value", "has to be an array of texts", "InvalidEnumValues")
        stored: dict[str, Any] = {"@value": texts}
        for key, value in document.items():
            if key in ("@documentation", "@metadata"):
                self._keyword(key, value, stored)
            elif key not in ("@id", "@type", "@value"):
                raise self._refused(
                    key, "is no member of an enum", "AtPrefixedPropertiesNotSupported"
                )
        return ClassDefinition(self._name, "Enum", values=tuple(texts), document=stored)

    def _keyword(self, key: str, value: Any, stored: dict[str, Any]) -> None:
        reader = _KEYWORDS.get(key)
        if reader is not None:
            stored[key] = reader(self, value)
        elif key in _FLAGS:
            if value != []:
                witness = {"@type": f"bad_{key[1:]}_value", "value": value}
                raise FaultFound(Fault(self._name, f"{key} has to be []", witness, key))
            stored[key] = []
        else:
            why = (
                f"{key} is no keyword of schemas; properties whose names begin with '@' are"
                " possible in sys:JSON only"
            )
            raise self._refused(key, why, "AtPrefixedPropertiesNotSupported")

    def _key(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._refused("@key", "has to be an object", "DocumentKeyNotObject")
        kind = value.get("@type")
        if not isinstance(kind, str):
            raise self._refused("@key", "needs a '@type'", "DocumentKeyTypeMissing")
        kind = kind.removeprefix("sys:").removeprefix("http://terminusdb.com/schema/sys#")
        if kind not in KEYS:
            why = f"has the '@type' {kind!r}; it has to be one of {', '.join(sorted(KEYS))}"
            raise self._refused("@key", why, "DocumentKeyTypeUnknown")
        if kind not in ("Lexical", "Hash"):
            return {"@type": kind}
        fields = value.get("@fields")
        if fields is None:
            raise self._refused("@key", f"of kind {kind} needs '@fields'", "KeyMissingFields")
        if not isinstance(fields, list):
            raise self._refused("@key", "'@fields' has to be an array", "KeyFieldsNotAnArray")
        if not fields:
            raise self._refused("@key", "'@fields' is empty", "KeyFieldsIsEmpty")
        return {"@fields": [self._named(each) for each in fields], "@type": kind}

    def _inherits(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._named(each) for each in value]
        return self._named(value)

    def _choices(self, value: Any) -> list[dict[str, Any]]:
        groups = [value] if isinstance(value, dict) else value
        if not isinstance(groups, list) or not all(isinstance(each, dict) for each in groups):
            why = "has to be an object or an array of objects"
            raise self._refused("@oneOf", why, "DocumentOneofNotSet")
        found: list[dict[str, Any]] = []
        for group in groups:
            choice: dict[str, Any] = {}
            for key, kind in group.items():
                prop = self._named(key)
                choice[prop] = self._property(prop, kind)[1]
            found.append(choice)
        return found

    def _base(self, value: Any) -> str:
        text = value.get("@value") if isinstance(value, dict) else value
        if not isinstance(text, str):
            raise self._refused("@base", "has to be a text", "TypeError")
        return text

    def _documentation(self, value: Any) -> Any:
        if isinstance(value, str):
            return {"@comment": value}
        if not isinstance(value, dict | list):
            raise self._refused("@documentation", "has to be an object", "TypeError")
        groups = value if isinstance(value, list) else [value]
        if not all(isinstance(each, dict) for each in groups):
            raise self._refused("@documentation", "has to be an object", "TypeError")
        if len(groups) > 1:
            languages = [each.get("@language") for each in groups]
            if None in languages:
                why = "in several languages needs '@language' in each"
                raise self._refused("@documentation", why, "NoLanguageTagForMultilingual")
            if len(set(languages)) < len(languages):
                why = "has a language twice"
                raise self._refused("@documentation", why, "LanguageTagsRepeated")
        return value

    def _metadata(self, value: Any) -> Any:
        if not isinstance(value, dict | list | str) or isinstance(value, Number):
            why = "has to be an object, an array or a text"
            raise self._refused("@metadata", why, "InvalidJSONMetadataValue")
        return value

    def _property(self, prop: str, value: Any) -> tuple[PropertyType, Any]:
        if isinstance(value, str) and not isinstance(value, Number):
            name = self._range(prop, value)
            return PropertyType(Family.REQUIRED, name), name
        if isinstance(value, dict):
            return self._family(prop, value)
        raise self._refused(prop, f"{value!r} is no type of a property", "TypeError")

    def _range(self, prop: str, value: Any) -> str:
        name = self._named(value)
        if name == "sys:JSONDocument":
            why = "sys:JSONDocument is for whole documents; use sys:JSON"
            raise self._refused(prop, why, "JSONDocumentAsRange")
        return name

    def _family(self, prop: str, value: Mapping[str, Any]) -> tuple[PropertyType, Any]:
        written = value.get("@type")
        text = written if isinstance(written, str) else ""
        text = text.removeprefix("sys:").removeprefix("http://terminusdb.com/schema/sys#")
        if text not in _FAMILIES:
            why = f"{written!r} is no type of a property"
            raise self._refused(prop, why, "UnknownSchemaType")
        family = Family(text)
        inner = value.get("@class")
        if isinstance(inner, dict):
            inner = inner.get("@class")
        if inner is None:
            raise self._refused(prop, "needs a '@class'", "MissingField")
        name = self._range(prop, inner)
        stored: dict[str, Any] = {"@class": name, "@type": text}
        self._check_members(prop, value)
        low, high = self._bounds(prop, family, value, stored)
        if (low, high) != (0, UNBOUNDED) or family is Family.CARDINALITY:
            family = Family.CARDINALITY
        dimensions = 1
        if "@dimensions" in value:
            dimensions = self._natural(prop, value["@dimensions"])
            stored["@dimensions"] = Number(dimensions)
        if value.get("@unfold") is True:
            stored["@unfold"] = True
        return PropertyType(family, name, low, high, dimensions, "@unfold" in stored), stored

    def _check_members(self, prop: str, value: Mapping[str, Any]) -> None:
        known = {"@type", "@class", "@dimensions", "@unfold", "@id", *_BOUNDS}
        for key in value:
            if key not in known:
                why = f"{key} is no keyword of the type of a property"
                raise self._refused(prop, why, "TypeError")

    def _bounds(
        self, prop: str, family: Family, value: Mapping[str, Any], stored: dict[str, Any]
    ) -> tuple[int, int]:
        if family not in (Family.CARDINALITY, Family.SET):
            return 0, UNBOUNDED
        found = {key: self._natural(prop, value[key]) for key in _BOUNDS if key in value}
        stored.update((key, Number(number)) for key, number in found.items())
        exact = found.get("@cardinality")
        if exact is not None:
            return exact, exact
        return found.get("@min_cardinality", 0), found.get("@max_cardinality", UNBOUNDED)

    def _natural(self, prop: str, value: Any) -> int:
        if not isinstance(value, str) or not _NATURAL.fullmatch(value):
            raise self._refused(prop, f"{value!r} is no natural number", "TypeError")
        return int(value)

    def _named(self, text: Any) -> str:
        return _named(self._context, self._name, text)

    def _refused(self, field: str, why: str, api_error: str) -> FaultFound:
        return FaultFound(_fault(self._name, f"{field}: {why}", field, api_error))

    KEYWORDS: Final[dict[str, Callable[[_Reader, Any], Any]]] = {
        "@key": _key,
        "@inherits": _inherits,
        "@oneOf": _choices,
        "@base": _base,
        "@documentation": _documentation,
        "@metadata": _metadata,
    }


_KEYWORDS: Final = _Reader.KEYWORDS


def _key(stored: Mapping[str, Any]) -> Key:
    found = stored.get("@key")
    return Key(found["@type"], tuple(found.get("@fields", ()))) if found else Key()


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
