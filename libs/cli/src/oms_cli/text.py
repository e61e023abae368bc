"""Text that is safe to show in a terminal."""

from __future__ import annotations


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
