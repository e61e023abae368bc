"""Keeps the messages of stored elements, so that one that did not change is converted once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from svc_api.convert import to_message
from svc_api.domain.elements import Key, StoredElement

_Id = tuple[str, Key, str, datetime | None]


class Messages:
    """Messages by ontology, element and version, the same across commits.

    Args:
        capacity: How many are kept; the oldest goes first.
    """

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._kept: dict[_Id, Any] = {}

    def of(self, ontology: str, element: StoredElement) -> Any:
        """The message of an element or of the header. Shared: not to be changed."""
        # The etag tells contents apart, the time two writes of the same content.
        at = (ontology, element.key, element.etag, element.update_time)
        message = self._kept.get(at)
        if message is None:
            message = to_message(ontology, element)
            if len(self._kept) >= self._capacity:
                del self._kept[next(iter(self._kept))]
            self._kept[at] = message
        return message
