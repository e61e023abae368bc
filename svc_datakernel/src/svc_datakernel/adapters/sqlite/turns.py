"""Who may write to a file next, among the threads of one process."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """A lock that is handed over in the order of arrival.

    SQLite's own lock goes to whoever asks at the right moment: a writer that is always
    busy would keep everybody else away from it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Lock] = deque()
        self._is_taken = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
