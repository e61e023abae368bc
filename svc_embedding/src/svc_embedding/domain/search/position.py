"""How far the search of an ontology has got."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

ONTOLOGIES_KEY = "search/ontologies"
"""State that lists the ontologies there are positions of, with their namespaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Every commit up to this one is searchable.

    Args:
        incarnation: When the ontology was made, which tells it from an earlier one of its name.
        commit: Empty: none yet.
        sequence: Of the commit; -1: none yet.
        epoch: Grows when the search is rebuilt.
        time: When it last moved, in seconds since 1970.
    """

    incarnation: str = ""
    commit: str = ""
    sequence: int = -1
    epoch: int = 0
    time: float = 0.0


def position_key(ontology: str) -> str:
    """The state that holds a position."""
    return f"search/position/{ontology}"


def namespace_of(ontology: str, incarnation: str) -> str:
    """Where the contents of an ontology lie in the index."""
    return f"{ontology}@{incarnation}"


def position_to_text(position: Position) -> str:
    """A position as it is kept."""
    return orjson.dumps(asdict(position)).decode()


def position_from_text(text: str) -> Position:
    """A position that was kept; of the empty text, that of an ontology that nobody looked at."""
    return Position(**orjson.loads(text)) if text else Position()
