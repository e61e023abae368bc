"""What of a file was carried over, and what was not and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.drafting import Note
from svc_api.adapters.rdf.mapping import Mapped
from svc_api.adapters.rdf.reasons import (
    NAMELESS,
    NO_PLACE,
    UNDECLARED,
    individual_reason,
    nested_reason,
    notable_type,
)
from svc_api.adapters.rdf.statements import Statements
from svc_api.adapters.rdf.stating import state_ontology
from svc_api.adapters.rdf.terms import Subject, Triple
from svc_api.domain.imports import ImportReport, SkippedConstruct

MAX_EXAMPLES = 5


def report(mapped: Mapped) -> ImportReport:
    """Compares a file with what an export of the mapped elements states.

    A statement counts as carried only if an export states it again, so the report
    can't claim more than was kept.
    """
    statements = mapped.context.statements
    stated = state_ontology(mapped.header, mapped.elements)
    # The blank nodes of an export are not those of the file; the mapping itself knows
    # which of the file's anonymous classes it carried.
    lost = statements.triples - stated - mapped.context.unions
    groups = _Groups(mapped)
    for triple in lost:
        groups.add(triple)
    for one in statements.set_aside:
        groups.count(Note(one.construct, one.why), one.subject)
    return ImportReport(
        statement_count=statements.count,
        carried_count=len(statements.triples) - len(lost),
        skipped=tuple(groups.result()),
    )


class _Groups:
    """Collects what was left out by construct and reason."""

    def __init__(self, mapped: Mapped) -> None:
        self._statements: Statements = mapped.context.statements
        self._notes = mapped.context.notes
        self._catalogue = mapped.context.catalogue
        self._counts: defaultdict[Note, int] = defaultdict(int)
        self._examples: defaultdict[Note, set[str]] = defaultdict(set)
        self._roots: dict[int, tuple[Note, str]] = {}

    def add(self, triple: Triple) -> None:
        """Counts a statement where it belongs: blank nodes with what they hang on."""
        subject, predicate, value = triple
        if isinstance(subject, int):
            note, root = self._root(subject)
        elif not self._catalogue.is_element(subject):
            note, root = self._individual(subject, predicate), subject
        elif isinstance(value, int):
            note, root = self._nested(predicate, value), subject
        else:
            default = Note(self._statements.qname(predicate), NO_PLACE)
            note, root = self._notes.get(triple, default), subject
        self.count(note, root)

    def count(self, note: Note, root: str) -> None:
        """Counts one statement."""
        self._counts[note] += 1
        if root:
            self._examples[note].add(root)

    def result(self) -> Iterable[SkippedConstruct]:
        """The groups, those of the most statements first."""
        ordered = sorted(
            self._counts.items(), key=lambda item: (-item[1], item[0].construct, item[0].reason)
        )
        for note, count in ordered:
            examples = tuple(sorted(self._examples[note])[:MAX_EXAMPLES])
            yield SkippedConstruct(note.construct, note.reason, count, examples)

    def _root(self, node: int) -> tuple[Note, str]:
        """The construct that a blank node is part of, and the named subject it hangs on."""
        path: list[int] = []
        found: tuple[Note, str] | None = None
        seen: set[int] = set()
        while found is None:
            if node in self._roots:
                found = self._roots[node]
                break
            path.append(node)
            seen.add(node)
            referrers = self._statements.references.get(node, ())
            named = [one for one in referrers if isinstance(one[0], str)]
            if named:
                subject, predicate = min((str(one), name) for one, name in named)
                if self._catalogue.is_element(subject):
                    found = self._nested(predicate, node), subject
                else:
                    found = self._individual(subject, predicate), subject
            else:
                unseen = [one for one, _ in referrers if isinstance(one, int) and one not in seen]
                if not unseen:
                    found = Note(self._kind(node, ""), NAMELESS), ""
                else:
                    node = min(unseen)
        self._roots.update(dict.fromkeys(path, found))
        return found

    def _nested(self, predicate: str, node: int) -> Note:
        construct = self._kind(node, predicate)
        return Note(construct, nested_reason(construct))

    def _kind(self, node: Subject, predicate: str) -> str:
        """What a blank node is: its type, its one telling predicate, or how it is referred to."""
        pairs = self._statements.about.get(node, ())
        types = {value for name, value in pairs if name == v.TYPE and isinstance(value, str)}
        telling = notable_type(types - {v.OWL_CLASS, v.RDFS + "Datatype"})
        if telling:
            return self._statements.qname(telling)
        owl = sorted(name for name, _ in pairs if name.startswith(v.OWL))
        if owl:
            return self._statements.qname(owl[0])
        fallback = predicate or min((name for name, _ in pairs), default="")
        return self._statements.qname(fallback) if fallback else "blank node"

    def _individual(self, subject: str, predicate: str) -> Note:
        types = self._statements.objects(subject, v.TYPE)
        kind = notable_type({one for one in types if isinstance(one, str)})
        if not kind:
            return Note(self._statements.qname(predicate), UNDECLARED)
        return Note(self._statements.qname(kind), individual_reason(kind))
