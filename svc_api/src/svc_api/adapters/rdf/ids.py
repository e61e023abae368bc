"""Ids of elements out of IRIs: the same file always gives the same ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from svc_api.adapters.rdf.vocabulary import OMS_ELEMENT, OWL_THING

MAX_ID_CHARS = 200
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
_HASH_CHARS = 8


@dataclass(frozen=True, slots=True)
class KnownIds:
    """Ids that elements of the branch have already, by IRI."""

    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    interfaces: Mapping[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    properties: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Naming:
    """How the namespaces of a file appear in ids.

    Names of the main namespace stand alone; others carry their prefix, `rec_Asset`.
    """

    main: str
    prefix_of: Mapping[str, str]

    @classmethod
    def of(cls, iris: Iterable[str], prefixes: Mapping[str, str]) -> Naming:
        """The naming for a file that declares the elements `iris`.

        The main namespace is the one most of them are in; of equal ones the
        alphabetically first.
        """
        counts = Counter(
            split(iri)[0] for iri in iris if iri != OWL_THING and not iri.startswith(OMS_ELEMENT)
        )
        main = min(counts, key=lambda namespace: (-counts[namespace], namespace), default="")
        names = {iri: name for name, iri in sorted(prefixes.items(), reverse=True) if name}
        return cls(main=main, prefix_of=names)

    def candidate(self, iri: str) -> str:
        """The id an IRI gets when no other element claims it."""
        namespace, local = split(iri)
        if namespace == self.main or iri == OWL_THING:
            return sanitise(local)
        return sanitise(f"{self.prefix_of.get(namespace) or 'n' + digest(namespace, 6)}_{local}")

    def rank(self, iri: str) -> tuple[bool, bool, str]:
        """Sorts IRIs that want the same id: the one whose name it is comes first."""
        namespace, local = split(iri)
        return namespace != self.main, self.candidate(iri) != local, iri


def split(iri: str) -> tuple[str, str]:
    """Splits an IRI into namespace and local name, as in `http://x/y#` and `Zone`."""
    body = iri.rstrip("#/")
    end = max(body.rfind("#"), body.rfind("/"))
    if end < 0:
        end = body.rfind(":")
    return iri[: end + 1], iri[end + 1 :].rstrip("#/")


def sanitise(name: str) -> str:
    """A valid id as close to `name` as can be."""
    safe = _UNSAFE.sub("_", name)
    if not safe or not (safe[0].isalpha() or safe[0] == "_"):
        safe = f"_{safe}"
    if len(safe) > MAX_ID_CHARS:
        safe = f"{safe[: MAX_ID_CHARS - _HASH_CHARS - 1]}-{digest(name, _HASH_CHARS)}"
    return safe


def digest(text: str, length: int) -> str:
    """The first `length` hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def is_id(text: str) -> bool:
    """Whether `text` is a valid element id."""
    return _ID.fullmatch(text) is not None


def assign(
    iris: Iterable[str],
    naming: Naming,
    *,
    known: Mapping[str, str],
    asked: Mapping[str, str],
    avoid: Collection[str] = (),
) -> dict[str, str]:
    """Gives each IRI an id that no other one has.

    Args:
        iris: The elements of one kind.
        naming: How names become ids.
        known: Ids that are in use on the branch, by IRI. They are kept, and not given to others.
        asked: Ids that the file itself states, by IRI; given when free.
        avoid: Ids not to make up.
    """
    wanted = sorted(set(iris))
    ids = {iri: known[iri] for iri in wanted if iri in known}
    taken = set(known.values())
    for iri in wanted:
        if iri not in ids and iri in asked and asked[iri] not in taken:
            ids[iri] = asked[iri]
            taken.add(asked[iri])
    taken.update(avoid)
    rivals: defaultdict[str, list[str]] = defaultdict(list)
    for iri in wanted:
        if iri not in ids:
            rivals[naming.candidate(iri)].append(iri)
    for candidate, group in sorted(rivals.items()):
        for iri in sorted(group, key=naming.rank):
            ids[iri] = candidate if candidate not in taken else distinct(candidate, iri, taken)
            taken.add(ids[iri])
    return ids


def distinct(candidate: str, iri: str, taken: Collection[str]) -> str:
    """An id like `candidate` that is not taken, the same whenever it is asked for."""
    for length in range(_HASH_CHARS, 64):
        name = f"{candidate[: MAX_ID_CHARS - length - 1]}-{digest(iri, length)}"
        if name not in taken:
            return name
    raise ValueError(f"no free id for {iri!r}")
