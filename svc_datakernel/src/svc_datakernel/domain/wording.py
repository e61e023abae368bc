"""Numbers in messages for people."""

from __future__ import annotations


def counted(count: int, singular: str, plural: str) -> str:
    """How many, and of what: `1 document was`, `2 documents were`."""
    return f"{count} {singular if count == 1 else plural}"
