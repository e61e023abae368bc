"""Template queries: documents that match a JSON object.

Members of the template have to be there with an equal value; objects go on to
subdocuments and linked documents. A matcher is compiled once against the schema,
candidates come from the index of triples, and the matcher checks each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.property_types import property_type
from svc_datakernel.domain.graph.reading.casting import literal_for
from svc_datakernel.domain.graph.reading.plans import Plans
from svc_datakernel.domain.graph.reading.template_matching import (
    Check,
    Match,
    Matcher,
    follow,
    found_by,
    on,
)
from svc_datakernel.domain.graph.reading.template_values import (
    Anchor,
    CheckValue,
    equal_literals,
    id_of,
    invalid,
    is_equal,
    json_of,
    regex,
)
from svc_datakernel.domain.graph.requests import Selection
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import properties
from svc_datakernel.domain.graph.terms import Node
from svc_datakernel.domain.graph.view import GraphView

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 50


def matching(view: GraphView, plans: Plans, selection: Selection) -> Iterator[Match]:
    """The documents and subdocuments that match a selection's template, by id.

    Raises:
        InvalidQuery: the template is no JSON object, or does not fit the schema.
    """
    matcher = _compile(plans, selection)
    has_inner = any(map(plans.is_subdocument, matcher.kinds))
    return found_by(view, matcher, has_inner=has_inner, after=selection.after)


def _compile(plans: Plans, selection: Selection) -> Matcher:
    assert selection.template is not None
    if len(selection.template) > MAX_BYTES:
        raise invalid(f"the template has more than {MAX_BYTES} bytes", "QueryInvalidFormat")
    try:
        template = parse_exact(selection.template.decode())
    except (ValueError, RecursionError) as exc:
        raise invalid(f"the template is no JSON: {exc}", "QueryInvalidFormat") from exc
    if not isinstance(template, dict):
        raise invalid("the template is no JSON object", "QueryNotADict")
    types = [plans.names.name_of(each) for each in selection.types]
    if not types and "@type" not in template:
        raise invalid("the template has no '@type'", "QueryMissingType")
    return _Compiler(plans).document(template, types[0] if types else None)


class _Compiler:
    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._names = plans.names
        self._depth = 0

    def document(self, template: Mapping[str, Any], within: str | None) -> Matcher:
        """A matcher for documents of a class, narrowed down by the template's own."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            why = f"the template goes on to more than {MAX_DEPTH} documents in a row"
            raise invalid(why, "QueryInvalidFormat")
        try:
            return self._document(template, within)
        finally:
            self._depth -= 1

    def _document(self, template: Mapping[str, Any], within: str | None) -> Matcher:
        name = self._class(template, within)
        checks: list[Check] = []
        ids: tuple[str, ...] | None = None
        anchors: list[tuple[str, Anchor]] = []
        for key, value in template.items():
            if key == "@id":
                ids = self._ids(value)
            elif key in ("@one-of", "@all"):
                checks.append(self._alternatives(key, value, name))
            elif key != "@type":
                wanted = self._names.name_of(key)
                check, found = self._property(name, wanted, value)
                checks.append(on(wanted, check))
                anchors += [(expanded.schema_iri(wanted), each) for each in found]
        return Matcher(self._plans.kinds_of(name), tuple(checks), ids, tuple(anchors))

    def _class(self, template: Mapping[str, Any], within: str | None) -> str:
        written: Any = template.get("@type", within)
        if not isinstance(written, str):
            raise invalid("'@type' of a template is the name of a class", "QueryUnrecognized")
        name = self._names.name_of(written)
        if not self._plans.kinds_of(name):
            raise invalid(f"there is no class {name!r}", "QueryTypeNotFound")
        if within is not None and name not in self._plans.kinds_of(within):
            raise invalid(f"{name!r} is no subclass of {within!r}", "QueryTypeNotSubsumed")
        return name

    def _ids(self, value: Any) -> tuple[str, ...] | None:
        if value == {}:
            return None
        written: Any = [value] if type(value) is str else None
        if isinstance(value, dict) and value.keys() == {"@one-of"}:
            written = value["@one-of"]
        if not isinstance(written, list) or not all(type(each) is str for each in written):
            raise invalid("'@id' of a template is an id, or '@one-of' some", "QueryUnrecognized")
        return tuple(dict.fromkeys(self._names.id_of(each) for each in written))

    def _alternatives(self, key: str, value: Any, name: str) -> Check:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise invalid(f"{key!r} takes an array of templates", "QueryOneOfNotDocumentList")
        matchers = [self.document(each, name) for each in value]
        combine = any if key == "@one-of" else all
        return lambda view, at: combine(matcher.matches(view, at) for matcher in matchers)

    def _property(self, name: str, key: str, value: Any) -> tuple[CheckValue, list[Anchor]]:
        declared = properties(self._plans.classes, name).get(key)
        if declared is None:
            raise invalid(
                f"{name!r} has no property {key!r}",
                "QueryUnrecognizedPropertyForType",
                property=key,
            )
        type_ = property_type(declared)
        of = type_.of
        if value is None:
            return lambda view, values: not values, []
        if isinstance(value, dict) and value.keys() == {"@if-exists"}:
            inner, _ = self._values(of, value["@if-exists"])
            return lambda view, values: not values or inner(view, values), []
        check, anchors = self._values(of, value)
        # Values of lists and arrays hang from nodes of their own.
        return check, [] if type_.family else anchors

    def _values(self, of: str, value: Any) -> tuple[CheckValue, list[Anchor]]:
        """A check of all values of a property, and objects that one of them has to be."""
        if isinstance(value, list):
            pairs = [self._value(of, each) for each in value]
            return (
                lambda view, values: all(
                    any(one(view, each) for each in values) for one, _ in pairs
                ),
                [anchor for _, anchor in pairs if anchor is not None],
            )
        one, anchor = self._value(of, value)
        return (
            lambda view, values: any(one(view, each) for each in values),
            [] if anchor is None else [anchor],
        )

    def _value(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        """A check of one value of a class or datatype, and what it can be, where that is little."""
        if value == {}:
            return lambda view, each: True, None
        if isinstance(value, dict) and value.keys() in ({"@one-of"}, {"@all"}):
            return self._combined(of, value), None
        kind = self._plans.classes.get(of, {}).get("@type")
        if kind is not None:
            return self._enum(of, value) if kind == "Enum" else self._linked(of, value)
        return self._plain(of, value)

    def _plain(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        if of in ("sys:JSON", "sys:Unit"):
            wanted = write_exact(value)
            return lambda view, each: json_of(each) == wanted, None
        if isinstance(value, dict):
            return regex(of, value), None
        literal = literal_for(value, of)
        if literal is None:
            raise invalid(f"{value!r} is no {of}", "QueryCastingError")
        return lambda view, each: is_equal(each, literal), equal_literals(literal)

    def _combined(self, of: str, value: Mapping[str, Any]) -> CheckValue:
        [(key, parts)] = value.items()
        if not isinstance(parts, list):
            raise invalid(f"{key!r} takes an array", "QueryOneOfNotDocumentList")
        checks = [self._value(of, part)[0] for part in parts]
        combine = any if key == "@one-of" else all
        return lambda view, each: combine(check(view, each) for check in checks)

    def _enum(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        if type(value) is not str:
            raise invalid(f"a value of the enum {of!r} is a text", "QueryInvalidFormat")
        short = value.rpartition("#")[2].removeprefix(f"{of}/") if "#" in value else value
        if short not in self._plans.classes[of].get("@value", []):
            raise invalid(f"{value!r} is no value of the enum {of!r}", "QueryCastingError")
        wanted = {"@id": enum_iri(of, short)}
        return lambda view, each: each == wanted, (Node(wanted["@id"]),)

    def _linked(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        if type(value) is str:
            iri = self._names.id_of(value)
            return lambda view, each: id_of(each) == iri, (Node(iri),)
        if not isinstance(value, dict):
            raise invalid(f"a {of} is named by its id or an object", "QueryInvalidFormat")
        matcher = self.document(value, of)
        anchor = None if matcher.ids is None else tuple(map(Node, matcher.ids))
        return lambda view, each: follow(view, matcher, each), anchor
