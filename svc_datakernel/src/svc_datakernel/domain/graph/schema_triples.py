"""A schema as triples, and schema documents made of triples.

A schema document is first put into expanded form with TerminusDB's `sys:` vocabulary,
so that its triples are derived and put together like those of any other document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote

from oms_core.errors import InvalidSchema

from svc_datakernel.domain.canonical_json import Number
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.assembling import from_triples
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import CONTEXT, ClassDocument, Classes
from svc_datakernel.domain.graph.terms import Node, Triple

CONTEXT_IRI: Final = "terminusdb://context"
_KINDS: Final = ("Class", "Enum", "TaggedUnion", "Unit", "Foreign")
_FLAGS: Final = ("abstract", "subdocument", "unfoldable", "shared")
_UNBOUND: Final = {"min_cardinality": "0", "max_cardinality": "inf"}
_COUNTS: Final = ("dimensions", "min_cardinality", "max_cardinality", "cardinality")
# In documents `sys:Array` is what marks an element of an array; in a schema it is a type.
_ARRAY: Final = Node("sys:Array")
_INNER_ARRAY: Final = Node("sys:ArrayType")
_UNIT: Final[Mapping[str, Any]] = {"@unit": []}

Body = dict[str, Any]


def triples_of_schema(classes: Classes) -> list[Triple]:
    """The triples of a schema, ordered by subject."""
    found: list[Triple] = []
    for name, document in classes.items():
        if name == CONTEXT:
            subject, kind, body = CONTEXT_IRI, "sys:Context", _context(document)
        else:
            subject, kind = expanded.schema_iri(name), f"sys:{document['@type']}"
            body = _class(name, document)
        found += expanded.triples_of(subject, kind, expanded.dump(body))
    return sorted(found, key=lambda triple: triple.subject)


def schema_of_triples(triples: Iterable[Triple]) -> dict[str, ClassDocument]:
    """Puts schema documents together.

    Raises:
        InvalidSchema: a subject is neither a class nor the context.
    """
    found: dict[str, ClassDocument] = {}
    renamed = [
        triple if triple.object != _ARRAY else triple._replace(object=_INNER_ARRAY)
        for triple in triples
    ]
    for document_id, kind, json in from_triples(renamed, _is_inner, _is_flag):
        body = expanded.parse(json)
        if kind == "sys:Context":
            found[CONTEXT] = {"@type": CONTEXT, **_read_context(body)}
            continue
        name = expanded.schema_name(document_id)
        if kind.removeprefix("sys:") not in _KINDS:
            raise InvalidSchema(
                f"{document_id!r} is no class: its type is {kind or 'missing'!r}",
                metadata={"api_error": "api:UnknownSchemaType"},
            )
        found[name] = {
            "@id": name,
            "@type": kind.removeprefix("sys:"),
            **dict(_read_class(name, body)),
        }
    return found


def _is_inner(kind: str) -> bool:
    return kind.startswith("sys:") and kind.removeprefix("sys:") not in (*_KINDS, "Context")


def _is_flag(kind: str, name: str) -> bool:
    return name.removeprefix("sys:") in (*_FLAGS, "unfold")


def _class(name: str, document: ClassDocument) -> Body:
    body: Body = {}
    for key, value in document.items():
        if key in ("@id", "@type"):
            continue
        if key == "@inherits":
            parents = [value] if isinstance(value, str) else value
            body["sys:inherits"] = expanded.gather([_to(parent) for parent in parents])
        elif key == "@value":
            body["sys:value"] = {"@list": [{"@id": enum_iri(name, each)} for each in value]}
        elif key == "@oneOf":
            choices = [value] if isinstance(value, Mapping) else value
            body["sys:oneOf"] = expanded.gather(
                [_choice(name, at, choice) for at, choice in enumerate(choices)]
            )
        elif key.startswith("@"):
            body[f"sys:{key[1:]}"] = _member(name, key[1:], value)
        else:
            body[key] = _type(f"{name}/{key}", value)
    return {key: value for key, value in body.items() if value is not None}


def _member(name: str, key: str, value: Any) -> Any:
    if key in _FLAGS:
        return _UNIT
    if key == "key":
        fields = value.get("@fields", [])
        place = "/".join([name, "key", value["@type"], "+".join(fields)]).rstrip("/")
        node: Body = {"@id": _node(place), "@type": f"sys:{value['@type']}"}
        return node | (
            {"sys:fields": {"@list": [_to(field) for field in fields]}} if fields else {}
        )
    if key == "documentation":
        records = value if isinstance(value, list) else [value]
        return expanded.gather([_remark(name, at, each) for at, each in enumerate(records)])
    return {"@json": value} if key in ("metadata", "context") else value


def _choice(name: str, at: int, choice: Mapping[str, Any]) -> Body:
    place = f"{name}/oneOf/{at}"
    types = {key: _type(f"{place}/{key}", value) for key, value in choice.items()}
    return {"@id": _node(place), "@type": "sys:Choice", **types}


def _type(place: str, declared: Any) -> Body:
    if isinstance(declared, str):
        return _to(declared)
    family, of = declared.get("@type", "Required"), declared.get("@class", "")
    node: Body = {
        "@id": _node(f"{place}/{'+'.join((family, of, *_bounds(declared)))}"),
        "@type": f"sys:{family}",
        "sys:class": _to(of),
    }
    for key in _COUNTS:
        if f"@{key}" in declared:
            lexical = str(declared[f"@{key}"])
            node[f"sys:{key}"] = {"@type": "xsd:nonNegativeInteger", "@value": lexical}
    if declared.get("@unfold"):
        node["sys:unfold"] = _UNIT
    return node


def _bounds(declared: Mapping[str, Any]) -> Sequence[str]:
    """The bounds that the node of a family is named after; none where it has none."""
    exactly: Any = declared.get("@cardinality")
    found: list[Any] = [declared.get(f"@{name}", exactly) for name in _UNBOUND]
    if declared.get("@type") != "Cardinality" and all(bound is None for bound in found):
        return ()
    unbound = _UNBOUND.values()
    return [
        rest if bound is None else str(bound) for bound, rest in zip(found, unbound, strict=True)
    ]


def _remark(name: str, at: int, record: Any) -> Body:
    place = _node(f"{name}/documentation/{at}")
    node: Body = {"@id": place, "@type": "sys:Documentation"}
    if isinstance(record, str):
        return node | {"sys:comment": record}
    for key, value in record.items():
        if key in ("@properties", "@values"):
            node[f"sys:{key[1:]}"] = _remarks(f"{place}/{key[1:]}", key, name, value)
        elif key == "@language":
            node["sys:language"] = {"@type": "xsd:language", "@value": value}
        else:
            node[f"sys:{key.removeprefix('@')}"] = value
    return node


def _remarks(place: str, key: str, name: str, records: Mapping[str, Any]) -> Body:
    kind = "sys:PropertyDocumentation" if key == "@properties" else "sys:EnumDocumentation"
    node: Body = {"@id": place, "@type": kind}
    for about, remark in records.items():
        member = about if key == "@properties" else enum_iri(name, about)
        if isinstance(remark, Mapping):
            inner = {f"sys:{part.removeprefix('@')}": text for part, text in remark.items()}
            inner_place = f"{place}/{quote(about, safe='')}"
            kept = {"@id": inner_place, "@type": "sys:DocumentationLabelComment"}
            node[member] = {**kept, **inner}
        else:
            node[member] = remark
    return node


def _context(document: ClassDocument) -> Body:
    body: Body = {}
    pairs: list[Body] = []
    for key, value in document.items():
        if key in ("@base", "@schema"):
            body[f"sys:{key[1:]}"] = value
        elif key in ("@documentation", "@metadata", "@context"):
            body[f"sys:{key[1:]}"] = _member("context", key[1:], value)
        elif not key.startswith("@"):
            place = f"terminusdb://Prefix_Pair/{quote(key, safe='')}"
            pair = {"@id": place, "@type": "sys:Prefix", "sys:prefix": key, "sys:url": value}
            pairs.append(pair)
    if pairs:
        body["sys:prefix_pair"] = expanded.gather(pairs)
    return body


def _node(place: str) -> str:
    """The IRI of a node inside a class document."""
    return "@schema:" + quote(place, safe="/!$&'()*+,;=@-._~")


def _to(name: str) -> Body:
    return {"@id": expanded.schema_iri(name)}


def _read_class(name: str, body: Body) -> Iterator[tuple[str, Any]]:
    for key, value in body.items():
        if not key.startswith("sys:"):
            yield key, _read_type(value)
        elif key == "sys:inherits":
            parents = [_named(each) for each in expanded.values_of(value)]
            yield "@inherits", parents[0] if len(parents) == 1 else parents
        elif key == "sys:value":
            yield "@value", [unquote(_named(each).rpartition("/")[2]) for each in _items(value)]
        elif key == "sys:oneOf":
            choices = sorted(expanded.values_of(value), key=lambda choice: str(choice.get("@id")))
            yield "@oneOf", [_read_choice(choice) for choice in choices]
        else:
            yield f"@{key[4:]}", _read_member(key[4:], value)


def _read_member(key: str, value: Any) -> Any:
    if key in _FLAGS:
        return []
    if key == "key":
        fields = [_named(each) for each in _items(value.get("sys:fields"))]
        found = {"@type": str(value.get("@type", "")).removeprefix("sys:")}
        return found | ({"@fields": fields} if fields else {})
    if key == "documentation":
        records = sorted(expanded.values_of(value), key=lambda each: str(each.get("@id")))
        found = [_read_remark(each) for each in records]
        return found[0] if len(found) == 1 else found
    return value["@json"] if isinstance(value, Mapping) and "@json" in value else value


def _read_choice(choice: Any) -> Body:
    return {key: _read_type(value) for key, value in choice.items() if not key.startswith("@")}


def _read_type(value: Any) -> Any:
    if not expanded.is_subdocument(value):
        return _named(value)
    family = value["@type"].removeprefix("sys:").removesuffix("Type")
    found: Body = {"@class": _named(value.get("sys:class", {}))}
    if family != "Required":
        found["@type"] = family
    for key in _COUNTS:
        literal = expanded.literal_of(value[f"sys:{key}"]) if f"sys:{key}" in value else None
        if literal is not None:
            found[f"@{key}"] = Number(literal.lexical)
    if "sys:unfold" in value:
        found["@unfold"] = True
    return found


def _read_remark(record: Mapping[str, Any]) -> Any:
    found: Body = {}
    for key, value in record.items():
        if key in ("sys:properties", "sys:values"):
            found[f"@{key[4:]}"] = _read_remarks(value)
        elif key.startswith("sys:"):
            found[f"@{key[4:]}"] = value["@value"] if isinstance(value, Mapping) else value
    return found


def _read_remarks(record: Mapping[str, Any]) -> Body:
    found: Body = {}
    for key, value in record.items():
        if key in ("@id", "@type"):
            continue
        about = unquote(key.rpartition("/")[2])
        if isinstance(value, Mapping):
            inner = {f"@{part[4:]}": text for part, text in value.items() if part[:4] == "sys:"}
            found[about] = inner
        else:
            found[about] = value
    return found


def _read_context(body: Body) -> Body:
    found: Body = {}
    for key, value in body.items():
        if key == "sys:prefix_pair":
            for pair in expanded.values_of(value):
                found[str(pair.get("sys:prefix"))] = pair.get("sys:url")
        elif key in ("sys:base", "sys:schema"):
            found[f"@{key[4:]}"] = value
        elif key.startswith("sys:"):
            found[f"@{key[4:]}"] = _read_member(key[4:], value)
    return found


def _items(value: Any) -> Sequence[Any]:
    return value.get("@list", []) if isinstance(value, Mapping) else []


def _named(value: Any) -> str:
    iri = value.get("@id", "") if isinstance(value, Mapping) else str(value)
    return expanded.schema_name(iri)
