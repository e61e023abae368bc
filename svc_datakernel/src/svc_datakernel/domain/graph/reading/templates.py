"""Template queries: documents that match a JSON object.

Members of the template have to be there with an equal value; objects go on to
subdocuments and linked documents. A matcher is compiled once against the schema,
candidates come from the index of triples, and the matcher checks each of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from heapq import merge
from itertools import groupby
from typing import Any, Final

from oms_core.errors import InvalidQuery

from svc_datakernel.domain import values
from svc_datakernel.domain.canonical_json import parse_exact, write_exact
from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.property_types import property_type
from svc_datakernel.domain.graph.reading.casting import literal_for
from svc_datakernel.domain.graph.reading.plans import Plans
from svc_datakernel.domain.graph.reading.showing import Body, fetch, find_part
from svc_datakernel.domain.graph.requests import Selection
from svc_datakernel.domain.graph.schema.model import enum_iri
from svc_datakernel.domain.graph.schema_classes import properties
from svc_datakernel.domain.graph.terms import RDF_TYPE, Literal, Node, Object, Pattern
from svc_datakernel.domain.graph.view import GraphView

MAX_BYTES: Final = 64 * 1024
MAX_REGEX: Final = 1_000
_MOST_COUNTED: Final = 10_000
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document or subdocument to check."""

    id: str
    type: str
    body: Body


Anchor = tuple[Object, ...]
"""Objects of which a match has at least one."""

Check = Callable[[GraphView, Candidate], bool]
CheckValue = Callable[[GraphView, Any], bool]


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled template.

    Args:
        kinds: Classes whose documents may match.
        checks: All of them have to hold.
        ids: Only these documents, where the template names some.
        anchors: Triples of which every match has one of each, for the index: predicate, objects.
    """

    kinds: frozenset[str]
    checks: tuple[Check, ...]
    ids: tuple[str, ...] | None
    anchors: tuple[tuple[str, Anchor], ...]

    def matches(self, view: GraphView, candidate: Candidate) -> bool:
        """Whether a candidate matches."""
        return (
            candidate.type in self.kinds
            and (self.ids is None or candidate.id in self.ids)
            and all(check(view, candidate) for check in self.checks)
        )


def matching(view: GraphView, plans: Plans, selection: Selection) -> Iterator[str]:
    """Ids of the documents and subdocuments that match a selection's template, sorted.

    Raises:
        InvalidQuery: the template is no JSON object, or does not fit the schema.
    """
    matcher = _compile(plans, selection)
    if matcher.ids is not None:
        return _checked(view, matcher, sorted(matcher.ids))
    anchor = _best_anchor(view, matcher)
    if anchor is not None:
        return _checked(view, matcher, _subjects_of(view, anchor), after=selection.after)
    inner = sorted(kind for kind in matcher.kinds if plans.is_subdocument(kind))
    if inner:
        return _checked(view, matcher, _subjects(view, matcher.kinds), after=selection.after)
    found = view.list_documents(sorted(matcher.kinds), after=selection.after)
    return (
        stored.id
        for stored in found
        if matcher.matches(view, Candidate(stored.id, stored.type, expanded.parse(stored.json)))
    )


def _compile(plans: Plans, selection: Selection) -> Matcher:
    assert selection.template is not None
    if len(selection.template) > MAX_BYTES:
        raise _invalid(f"the template has more than {MAX_BYTES} bytes", "QueryInvalidFormat")
    try:
        template = parse_exact(selection.template.decode())
    except (ValueError, RecursionError) as exc:
        raise _invalid(f"the template is no JSON: {exc}", "QueryInvalidFormat") from exc
    if not isinstance(template, dict):
        raise _invalid("the template is no JSON object", "QueryNotADict")
    types = [plans.names.name_of(each) for each in selection.types]
    if not types and "@type" not in template:
        raise _invalid("the template has no '@type'", "QueryMissingType")
    return _Compiler(plans).document(template, types[0] if types else None)


class _Compiler:
    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._names = plans.names

    def document(self, template: Mapping[str, Any], within: str | None) -> Matcher:
        """A matcher for documents of a class, narrowed down by the template's own."""
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
                checks.append(_on(wanted, check))
                anchors += [(expanded.schema_iri(wanted), each) for each in found]
        return Matcher(self._plans.kinds_of(name), tuple(checks), ids, tuple(anchors))

    def _class(self, template: Mapping[str, Any], within: str | None) -> str:
        written: Any = template.get("@type", within)
        if not isinstance(written, str):
            raise _invalid("'@type' of a template is the name of a class", "QueryUnrecognized")
        name = self._names.name_of(written)
        if not self._plans.kinds_of(name):
            raise _invalid(f"there is no class {name!r}", "QueryTypeNotFound")
        if within is not None and name not in self._plans.kinds_of(within):
            raise _invalid(f"{name!r} is no subclass of {within!r}", "QueryTypeNotSubsumed")
        return name

    def _ids(self, value: Any) -> tuple[str, ...] | None:
        if value == {}:
            return None
        written: Any = [value] if type(value) is str else None
        if isinstance(value, dict) and value.keys() == {"@one-of"}:
            written = value["@one-of"]
        if not isinstance(written, list) or not all(type(each) is str for each in written):
            raise _invalid("'@id' of a template is an id, or '@one-of' some", "QueryUnrecognized")
        return tuple(dict.fromkeys(self._names.id_of(each) for each in written))

    def _alternatives(self, key: str, value: Any, name: str) -> Check:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise _invalid(f"{key!r} takes an array of templates", "QueryOneOfNotDocumentList")
        matchers = [self.document(each, name) for each in value]
        combine = any if key == "@one-of" else all
        return lambda view, at: combine(matcher.matches(view, at) for matcher in matchers)

    def _property(self, name: str, key: str, value: Any) -> tuple[CheckValue, list[Anchor]]:
        declared = properties(self._plans.classes, name).get(key)
        if declared is None:
            raise _invalid(
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
            return lambda view, each: _json_of(each) == wanted, None
        if isinstance(value, dict):
            return _regex(of, value), None
        literal = literal_for(value, of)
        if literal is None:
            raise _invalid(f"{value!r} is no {of}", "QueryCastingError")
        return lambda view, each: _is_equal(each, literal), _equal_literals(literal)

    def _combined(self, of: str, value: Mapping[str, Any]) -> CheckValue:
        [(key, parts)] = value.items()
        if not isinstance(parts, list):
            raise _invalid(f"{key!r} takes an array", "QueryOneOfNotDocumentList")
        checks = [self._value(of, part)[0] for part in parts]
        combine = any if key == "@one-of" else all
        return lambda view, each: combine(check(view, each) for check in checks)

    def _enum(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        if type(value) is not str:
            raise _invalid(f"a value of the enum {of!r} is a text", "QueryInvalidFormat")
        short = value.rpartition("#")[2].removeprefix(f"{of}/") if "#" in value else value
        if short not in self._plans.classes[of].get("@value", []):
            raise _invalid(f"{value!r} is no value of the enum {of!r}", "QueryCastingError")
        wanted = {"@id": enum_iri(of, short)}
        return lambda view, each: each == wanted, (Node(wanted["@id"]),)

    def _linked(self, of: str, value: Any) -> tuple[CheckValue, Anchor | None]:
        if type(value) is str:
            iri = self._names.id_of(value)
            return lambda view, each: _id_of(each) == iri, (Node(iri),)
        if not isinstance(value, dict):
            raise _invalid(f"a {of} is named by its id or an object", "QueryInvalidFormat")
        matcher = self.document(value, of)
        anchor = None if matcher.ids is None else tuple(map(Node, matcher.ids))
        return lambda view, each: _follow(view, matcher, each), anchor


def _on(key: str, check: CheckValue) -> Check:
    return lambda view, candidate: check(view, list(_values_of(candidate.body.get(key))))


def _values_of(member: Any) -> Iterator[Any]:
    if member is None:
        return
    for each in expanded.values_of(member):
        if isinstance(each, dict) and ("@list" in each or "@array" in each):
            yield from _flat(each["@list"] if "@list" in each else each["@array"])
        else:
            yield each


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    for each in items:
        if isinstance(each, list):
            yield from _flat(each)
        elif each is not None:
            yield each


def _follow(view: GraphView, matcher: Matcher, value: Any) -> bool:
    iri = _id_of(value)
    if iri is None or (matcher.ids is not None and iri not in matcher.ids):
        return False
    if expanded.is_subdocument(value):
        return matcher.matches(view, Candidate(iri, value["@type"], value))
    found = fetch(view, iri)
    return found is not None and matcher.matches(view, Candidate(iri, *found))


def _id_of(value: Any) -> str | None:
    return value.get("@id") if isinstance(value, dict) else None


def _json_of(value: Any) -> bytes | None:
    if not isinstance(value, dict):
        return None
    return write_exact(value.get("@json", value.get("@unit")))


def _regex(of: str, value: Mapping[str, Any]) -> CheckValue:
    pattern: Any = value.get("@regex")
    if set(value) != {"@regex"}:
        raise _invalid(f"a {of} can't be compared with an object", "QueryInvalidFormat")
    if type(pattern) is not str or len(pattern) > MAX_REGEX:
        raise _invalid(f"'@regex' takes a text of up to {MAX_REGEX}", "QueryRegexNotString")
    if of != "xsd:string":
        raise _invalid(f"'@regex' is for texts, not for {of}", "QueryRegexNotAString")
    try:
        compiled = re.compile(pattern)
    except re.error as exc:
        raise _invalid(f"{pattern!r} is no regular expression: {exc}", "QueryRegexInvalid") from exc
    return lambda view, each: type(each) is str and compiled.search(each) is not None


def _is_equal(value: Any, wanted: Literal) -> bool:
    found = expanded.literal_of(value)
    if found is None or found == wanted:
        return found is not None
    left, right = _amount(found), _amount(wanted)
    return left is not None and left == right


def _equal_literals(wanted: Literal) -> Anchor:
    """A literal, and for a number those of narrower datatypes: it may have been stored when the
    schema had such a one."""
    if _amount(wanted) is None:
        return (wanted,)
    return tuple(
        Literal(datatype, wanted.lexical)
        for datatype in sorted(values.DATATYPES)
        if values.is_kind_of(datatype, wanted.datatype)
    )


def _amount(literal: Literal) -> Decimal | None:
    if literal.datatype in ("xsd:string", "rdf:langString") or len(literal.lexical) > 1_000:
        return None
    try:
        return Decimal(literal.lexical) if _NUMBER.fullmatch(literal.lexical) else None
    except InvalidOperation:
        return None


_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,4})?")


def _best_anchor(view: GraphView, matcher: Matcher) -> list[Pattern] | None:
    """What finds the fewest candidates by the index."""
    anchors = [
        [Pattern(predicate=key, object=each) for each in wanted] for key, wanted in matcher.anchors
    ]
    if len(anchors) < 2:
        return anchors[0] if anchors else None
    return min(
        anchors,
        key=lambda patterns: sum(view.count_triples(at, limit=_MOST_COUNTED) for at in patterns),
    )


def _subjects_of(view: GraphView, patterns: Sequence[Pattern]) -> Iterator[str]:
    """Subjects of triples that match any of these, sorted, each once."""
    merged = merge(*[(triple.subject for triple in view.triples(at)) for at in patterns])
    return (subject for subject, _ in groupby(merged))


def _subjects(view: GraphView, kinds: Iterable[str]) -> list[str]:
    return sorted(
        triple.subject
        for kind in kinds
        for triple in view.triples(
            Pattern(predicate=RDF_TYPE, object=Node(expanded.schema_iri(kind)))
        )
    )


def _checked(
    view: GraphView, matcher: Matcher, subjects: Iterable[str], *, after: str = ""
) -> Iterator[str]:
    batch: list[str] = []
    for subject in subjects:
        if subject > after:
            batch.append(subject)
        if len(batch) == _BATCH:
            yield from _checked_batch(view, matcher, batch)
            batch = []
    yield from _checked_batch(view, matcher, batch)


def _checked_batch(view: GraphView, matcher: Matcher, batch: list[str]) -> Iterator[str]:
    found = view.documents(batch)
    owners = view.owners([each for each in batch if each not in found])
    holding = view.documents(sorted(set(owners.values()))) if owners else {}
    for each in batch:
        if each in found:
            stored = found[each]
            candidate = Candidate(each, stored.type, expanded.parse(stored.json))
        else:
            owner = holding.get(owners.get(each, ""))
            part = find_part(expanded.parse(owner.json), each) if owner is not None else None
            if part is None:
                continue
            candidate = Candidate(each, part["@type"], part)
        if matcher.matches(view, candidate):
            yield each


def _invalid(why: str, api_error: str, **facts: str) -> InvalidQuery:
    return InvalidQuery(why, metadata={"api_error": f"api:{api_error}", **facts})
