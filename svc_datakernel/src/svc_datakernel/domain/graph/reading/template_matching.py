"""Compiled templates, and the documents that match one, found by the index of triples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from typing import Any, Final, NamedTuple

from svc_datakernel.domain.graph import expanded
from svc_datakernel.domain.graph.reading.showing import Body, fetch, find_part
from svc_datakernel.domain.graph.reading.template_values import Anchor, CheckValue, id_of
from svc_datakernel.domain.graph.terms import RDF_TYPE, Node, Pattern
from svc_datakernel.domain.graph.view import GraphView, StoredDocument

_MOST_COUNTED: Final = 1_000
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document or subdocument to check."""

    id: str
    type: str
    body: Body


Check = Callable[[GraphView, Candidate], bool]


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


class Match(NamedTuple):
    """A document or subdocument that matches, and the document that it is or stands in."""

    id: str
    holder: StoredDocument


def found_by(
    view: GraphView, matcher: Matcher, *, has_inner: bool, after: str = ""
) -> Iterator[Match]:
    """The documents and subdocuments that match, by id.

    Args:
        has_inner: Whether subdocuments may match.
        after: Only ids after this one.
    """
    if matcher.ids is not None:
        return _checked(view, matcher, sorted(matcher.ids))
    anchor = _best_anchor(view, matcher)
    if anchor is not None:
        return _checked(view, matcher, _subjects_of(view, anchor), after=after)
    if has_inner:
        return _checked(view, matcher, subjects_of(view, sorted(matcher.kinds)), after=after)
    return (
        Match(stored.id, stored)
        for stored in view.list_documents(sorted(matcher.kinds), after=after)
        if matcher.matches(view, Candidate(stored.id, stored.type, expanded.parse(stored.json)))
    )


def on(key: str, check: CheckValue) -> Check:
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


def follow(view: GraphView, matcher: Matcher, value: Any) -> bool:
    iri = id_of(value)
    if iri is None or (matcher.ids is not None and iri not in matcher.ids):
        return False
    if expanded.is_subdocument(value):
        return matcher.matches(view, Candidate(iri, value["@type"], value))
    found = fetch(view, iri)
    return found is not None and matcher.matches(view, Candidate(iri, *found))


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


def subjects_of(view: GraphView, kinds: Iterable[str], *, after: str = "") -> Iterator[str]:
    """Ids of the documents and subdocuments of exactly these classes, sorted."""
    patterns = [
        Pattern(predicate=RDF_TYPE, object=Node(expanded.schema_iri(kind))) for kind in kinds
    ]
    return (subject for subject in _subjects_of(view, patterns) if subject > after)


def _checked(
    view: GraphView, matcher: Matcher, subjects: Iterable[str], *, after: str = ""
) -> Iterator[Match]:
    batch: list[str] = []
    for subject in subjects:
        if subject > after:
            batch.append(subject)
        if len(batch) == _BATCH:
            yield from _checked_batch(view, matcher, batch)
            batch = []
    yield from _checked_batch(view, matcher, batch)


def _checked_batch(view: GraphView, matcher: Matcher, batch: list[str]) -> Iterator[Match]:
    found = view.documents(batch)
    owners = view.owners([each for each in batch if each not in found])
    holding = view.documents(sorted(set(owners.values()))) if owners else {}
    for each in batch:
        holder = found.get(each) or holding.get(owners.get(each, ""))
        candidate = None if holder is None else _candidate(holder, each)
        if holder is not None and candidate is not None and matcher.matches(view, candidate):
            yield Match(each, holder)


def _candidate(holder: StoredDocument, each: str) -> Candidate | None:
    body = expanded.parse(holder.json)
    if holder.id == each:
        return Candidate(each, holder.type, body)
    part = find_part(body, each)
    return None if part is None else Candidate(each, part["@type"], part)
