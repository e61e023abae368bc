"""Where in a database's feed an event stands: the relay goes on from the last one's place.

It travels with the event as a header of its message, so that the stream itself says how far
the relay got, whatever was lost elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

HEADER: Final = "Oms-Relay-Place"
"""Name of the header."""
_write: Final = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an event. A place is reached once its event is in the stream.

    Args:
        incarnation: Of the database, see `SourceDatabase.incarnation`.
        commit: Id of the commit the event is of; of an event of no commit, the last one before it.
            Empty: before the first commit.
        sequence: That commit's; -1 before the first one.
        index: Which of the commit's events, from 0.
        count: How many events the commit has.
        after: Id of the commit before it in the feed: who watches from there meets `commit` first.
            Empty: from the beginning.
        move: Number of the last move of a branch up to here; 0: none.
        event: What the event itself is about.
    """

    incarnation: str
    commit: str = ""
    sequence: int = -1
    index: int = 0
    count: int = 1
    after: str = ""
    move: int = 0
    event: Literal["created", "commit", "move", "deleted"] = "commit"

    @property
    def is_deleted(self) -> bool:
        """Whether the event tells that the database was deleted."""
        return self.event == "deleted"

    @property
    def is_of_commit(self) -> bool:
        """Whether the event is one of the commit's."""
        return self.event == "commit"

    @property
    def is_whole(self) -> bool:
        """Whether every event of the commit was relayed."""
        return self.index + 1 >= self.count

    @property
    def watch_from(self) -> str:
        """The commit to watch from, so that nothing behind this place is missed."""
        return self.commit if self.is_whole else self.after

    @property
    def skipped(self) -> int:
        """How many events of the commit that is met first are there already."""
        return 0 if self.is_whole else self.index + 1

    def deleted(self) -> Place:
        """The place after this one that the end of the database has."""
        return replace(self, event="deleted")

    def moved(self, number: int) -> Place:
        """The place after this one that a branch's move has."""
        return replace(self, move=number, event="move")

    def encode(self) -> str:
        """The place as the value of a header."""
        return _write({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def decode(cls, text: str) -> Place:
        """Reads the value of a header.

        Raises:
            ValueError: it is none.
        """
        try:
            found: Any = json.loads(text)
            return cls(**found)
        except TypeError as exc:
            raise ValueError(f"{text[:200]!r} is no place") from exc
