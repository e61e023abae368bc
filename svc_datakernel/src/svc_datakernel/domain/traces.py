"""In which trace a commit was made, for a while."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

_MOST: Final = 4096


class CommitTraces:
    """Remembers the traces of the latest commits, of those that are kept. Of any thread."""

    def __init__(self, most: int = _MOST) -> None:
        """Remembers none yet, and never more than `most`."""
        self._most = most
        self._known: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def remember(self, commit_id: str, traceparent: str) -> None:
        """Notes the `traceparent` that a commit was made in; the oldest one goes for it."""
        with self._lock:
            self._known[commit_id] = traceparent
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def of(self, commit_id: str) -> str:
        """The `traceparent` of a commit; empty when it is not known."""
        return self._known.get(commit_id, "")
