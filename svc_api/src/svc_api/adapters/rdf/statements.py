"""The statements of a file, indexed for the mapping."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from svc_api.adapters.rdf.terms import Literal, Object, Subject, Triple, is_iri
from svc_api.adapters.rdf.vocabulary import WELL_KNOWN_PREFIXES

MAX_PREFIXES = 1000
_PREFIX = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)?")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A statement that was taken out before the mapping: `why`, what it was about, its subject."""

    construct: str
    why: str
    subject: str


@dataclass(slots=True)
class Statements:
    """An RDF graph as a set of triples, with what the mapping looks up.

    `about` lists each subject's statements, `references` who states something of a
    blank node. `set_aside` holds one entry for each statement that can't be stored.
    """

    triples: set[Triple]
    prefixes: dict[str, str]
    set_aside: list[SetAside]
    about: Mapping[Subject, list[tuple[str, Object]]] = field(init=False)
    references: Mapping[int, list[tuple[Subject, str]]] = field(init=False)
    _qnames: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        about: defaultdict[Subject, list[tuple[str, Object]]] = defaultdict(list)
        references: defaultdict[int, list[tuple[Subject, str]]] = defaultdict(list)
        for subject, predicate, value in self.triples:
            about[subject].append((predicate, value))
            if isinstance(value, int):
                references[value].append((subject, predicate))
        self.about, self.references = dict(about), dict(references)
        known = {iri: name for name, iri in WELL_KNOWN_PREFIXES.items()}
        known.update((iri, name) for name, iri in sorted(self.prefixes.items(), reverse=True))
        self._qnames = sorted(known.items(), key=lambda item: (-len(item[0]), item))

    @property
    def count(self) -> int:
        """How many statements the file holds, those set aside included."""
        return len(self.triples) + len(self.set_aside)

    def objects(self, subject: Subject, predicate: str) -> list[Object]:
        """What a subject states with a predicate, in no order."""
        return [value for name, value in self.about.get(subject, ()) if name == predicate]

    def qname(self, iri: str) -> str:
        """An IRI in short, such as `sh:NodeShape`; in angle brackets without a prefix."""
        for namespace, prefix in self._qnames:
            if iri.startswith(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"


def usable_prefixes(declared: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The declared prefixes that an ontology's header can hold, by name."""
    fit = {
        name: iri
        for name, iri in sorted(declared)
        if len(name) <= 100 and _PREFIX.fullmatch(name) and name != "xml" and is_iri(iri)
    }
    return dict(list(fit.items())[:MAX_PREFIXES])


def first_text(values: Iterable[Object]) -> str:
    """The text of the only plain literal among `values`; empty when there is none or several."""
    texts = [
        value.text
        for value in values
        if isinstance(value, Literal) and not (value.language or value.datatype)
    ]
    return texts[0] if len(texts) == 1 else ""
