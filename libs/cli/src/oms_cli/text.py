"""Text that is safe to show in a terminal."""

from __future__ import annotations

from typing import Any


def clean(text: str) -> str:
    """Replaces what could drive the terminal: a label may come from anybody's file."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def clean_line(text: str) -> str:
    """Like `clean`, on one line."""
    return clean(" ".join(text.split()))


def file_name(file: Any) -> str:
    """What to call an open file in a message."""
    return str(getattr(file, "name", "standard input"))
