"""What an element of an ontology says, as texts that are embedded.

An element has a text, and each of its properties has one. A text is made of names, labels in all
languages, descriptions, and for an element the names of its properties; so two elements that say
the same have the same text, whatever else tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import orjson

from svc_embedding.domain.indexes.entries import text_hash

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.-]+")
_MAX_TEXT: Final = 16_000
_MAX_DESCRIPTION: Final = 4_000
_MAX_PROPERTIES: Final = 60
_HASH_DIGITS: Final = 32


class Kind(Enum):
    """What a content is of."""

    OBJECT_TYPE = "object_type"
    LINK_TYPE = "link_type"
    INTERFACE = "interface"
    PROPERTY = "property"


_KINDS: Final[Mapping[str, tuple[str, Kind]]] = {
    "ObjectType": ("objectTypes", Kind.OBJECT_TYPE),
    "LinkType": ("linkTypes", Kind.LINK_TYPE),
    "Interface": ("interfaces", Kind.INTERFACE),
}
_DOCUMENT_TYPES: Final = {collection: name for name, (collection, _) in _KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an element, or a property of one, says.

    Args:
        element: Such as `objectTypes/Customer`.
        property_id: Empty: the element itself.
        labels: Pairs of language and text.
        body: The element, or the property, as it is stored.
    """

    element: str
    property_id: str
    kind: Kind
    labels: Sequence[tuple[str, str]]
    descriptions: Sequence[tuple[str, str]]
    text: str
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The same for what an element said before and says now."""
        return f"{self.element}#{self.property_id}" if self.property_id else self.element

    @property
    def entry_id(self) -> str:
        """Id in the index: the key and the hash of the text."""
        return f"{self.key}@{text_hash(self.text)[:_HASH_DIGITS]}"

    @property
    def own_id(self) -> str:
        """Id of the property, or of the element in its collection."""
        return self.property_id or self.element.partition("/")[2]

    @property
    def names(self) -> list[str]:
        """Its id and its labels."""
        return [self.own_id, *(text for _, text in self.labels)]

    def label(self, language: str) -> str:
        """A label in a language, else in English, else the first one, else the id."""
        return _chosen(self.labels, language) or self.own_id

    def description(self, language: str) -> str:
        """A description, chosen likewise."""
        return _chosen(self.descriptions, language)


def key_of(entry_id: str) -> str:
    """The key in the id of an entry."""
    return entry_id.rpartition("@")[0]


def element_of(key: str) -> str:
    """The element of a key."""
    return key.partition("#")[0]


def document_of(element: str) -> str:
    """Id of the document that an element is stored in."""
    collection, _, element_id = element.partition("/")
    return f"{_DOCUMENT_TYPES[collection]}/{element_id}"


def document_types_of(kinds: Collection[Kind]) -> list[str]:
    """The types of the documents that contents of some kinds are in."""
    is_any = Kind.PROPERTY in kinds
    return [name for name, (_, kind) in _KINDS.items() if is_any or kind in kinds]


def contents_of(document_id: str, json: str | bytes) -> list[Content]:
    """The contents of a document: of the element first, then of its properties; none for another
    one."""
    document_type, _, element_id = document_id.partition("/")
    known = _KINDS.get(document_type)
    if known is None or not element_id or not json:
        return []
    collection, kind = known
    body = orjson.loads(json)
    element = f"{collection}/{element_id}"
    properties = [each for each in body.get("properties", ()) if each.get("property_id")]
    found = [_content(element, "", kind, body, _property_names(properties))]
    found += [
        _content(element, each["property_id"], Kind.PROPERTY, each, _type_name(each))
        for each in properties
    ]
    return found


def draft_text(
    own_id: str, labels: Sequence[str], descriptions: Sequence[str], further: str = ""
) -> str:
    """The text of what is not stored yet, made as those of contents are."""
    return _text(own_id, labels, descriptions, further)


def _content(
    element: str, property_id: str, kind: Kind, body: Mapping[str, Any], further: str
) -> Content:
    labels, descriptions = _texts(body, "labels"), _texts(body, "descriptions")
    own_id = property_id or element.partition("/")[2]
    return Content(
        element=element,
        property_id=property_id,
        kind=kind,
        labels=labels,
        descriptions=descriptions,
        text=_text(own_id, [t for _, t in labels], [t for _, t in descriptions], further),
        body=body,
    )


def _text(own_id: str, labels: Sequence[str], descriptions: Sequence[str], further: str) -> str:
    names = dict.fromkeys([*labels, spelled(own_id), own_id])
    lines = ["; ".join(name for name in names if name.strip())]
    lines += [text[:_MAX_DESCRIPTION] for text in descriptions if text.strip()]
    if further:
        lines.append(further)
    return "\n".join(lines).replace("\x00", " ")[:_MAX_TEXT]


def spelled(own_id: str) -> str:
    """An id as words: `postalCode` as `postal code`."""
    return " ".join(_CAMEL.sub(" ", own_id).split()).lower()


def _texts(body: Mapping[str, Any], field: str) -> list[tuple[str, str]]:
    return [(each.get("language", ""), each.get("text", "")) for each in body.get(field, ())]


def _property_names(properties: Sequence[Mapping[str, Any]]) -> str:
    names = [next(_names(each)) for each in properties[:_MAX_PROPERTIES]]
    return "Properties: " + ", ".join(names) if names else ""


def _names(body: Mapping[str, Any]) -> Iterator[str]:
    for _, text in _texts(body, "labels"):
        if text.strip():
            yield text
    yield spelled(body["property_id"])


def _type_name(body: Mapping[str, Any]) -> str:
    target = body.get("type", {}).get("object_type", "")
    return f"Refers to: {spelled(target)}" if target else ""


def _chosen(texts: Sequence[tuple[str, str]], language: str) -> str:
    for wanted in (language or "en", (language or "en").partition("-")[0], "en"):
        for tag, text in texts:
            if tag.lower() == wanted.lower() and text.strip():
                return text
    return next((text for _, text in texts if text.strip()), "")
