"""Reads `[ a owl:Class ; owl:unionOf ( … ) ]`, the way OWL writes several domains."""

from __future__ import annotations

from dataclasses import dataclass

from svc_api.adapters.rdf import vocabulary as v
from svc_api.adapters.rdf.statements import Statements
from svc_api.adapters.rdf.terms import Triple


@dataclass(frozen=True, slots=True)
class Union:
    """A union of named classes, and all statements that make it up."""

    members: frozenset[str]
    triples: frozenset[Triple]


def read_union(statements: Statements, node: int) -> Union | None:
    """The union that a blank node stands for; None when it is anything else.

    Only the exact form that OWL prescribes is read: two or more distinct named
    classes, nothing else said about the node, and no other use of it. So what an
    export writes for the union is what the file said.
    """
    pairs = dict(statements.about.get(node, ()))
    if (
        len(pairs) != len(statements.about.get(node, ()))
        or pairs.keys() != {v.TYPE, v.UNION_OF}
        or pairs[v.TYPE] != v.OWL_CLASS
        or len(statements.references.get(node, ())) != 1
    ):
        return None
    members: list[str] = []
    triples: set[Triple] = {(node, predicate, value) for predicate, value in pairs.items()}
    cell = pairs[v.UNION_OF]
    while cell != v.NIL:
        if not isinstance(cell, int) or len(statements.references.get(cell, ())) != 1:
            return None
        parts = dict(statements.about.get(cell, ()))
        if len(statements.about.get(cell, ())) != 2 or parts.keys() != {v.FIRST, v.REST}:
            return None
        member = parts[v.FIRST]
        if not isinstance(member, str):
            return None
        members.append(member)
        triples.update((cell, predicate, value) for predicate, value in parts.items())
        cell = parts[v.REST]
    if len(members) < 2 or len(set(members)) != len(members):
        return None
    return Union(frozenset(members), frozenset(triples))
