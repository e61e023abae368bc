"""Which ontology, as of when, the name of an endpoint means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import ResourceNotFound

_ONTOLOGY: Final = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_COMMIT: Final = re.compile(r"[0-9a-f]{64}\Z")
_TIME: Final = "%Y%m%dT%H%M%SZ"
MAIN: Final = "main"


@dataclass(frozen=True, slots=True)
class Place:
    """An ontology as of a revision. `branch` is what is written to; None: nothing is."""

    ontology: str
    revision: Revision
    branch: str | None


def place_of(name: str) -> Place:
    """Reads the name of an endpoint.

    | name | reads | writes |
    | --- | --- | --- |
    | `shop` | the head of `main` | `main` |
    | `shop@dev` | the head of the branch `dev` | `dev` |
    | `shop@<64 hexadecimal digits>` | that commit | nothing |
    | `shop@dev@20260131T120000Z` | `dev` as it was at that time | nothing |
    | `shop@@v1` | the tag `v1` | nothing |

    Raises:
        ResourceNotFound: it is no such name.
    """
    ontology, _, rest = name.partition("@")
    if not _ONTOLOGY.match(ontology) or (name.endswith("@")):
        raise ResourceNotFound.of("endpoint", name)
    if not rest:
        return Place(ontology, Revision(branch=MAIN), MAIN)
    if _COMMIT.match(rest):
        return Place(ontology, Revision(commit=rest), None)
    if rest.startswith("@"):
        return Place(ontology, Revision(tag=_id(rest[1:], name)), None)
    branch, _, time = rest.partition("@")
    if not time:
        return Place(ontology, Revision(branch=_id(branch, name)), branch)
    revision = Revision(branch=_id(branch, name))
    revision.time.FromDatetime(_time(time, name))
    return Place(ontology, revision, None)


def _id(text: str, name: str) -> str:
    if not _ID.match(text):
        raise ResourceNotFound.of("endpoint", name)
    return text


def _time(text: str, name: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError as exc:
        raise ResourceNotFound.of("endpoint", name) from exc
