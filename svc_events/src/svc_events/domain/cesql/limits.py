"""Limits that keep every expression cheap, whoever wrote it."""

from __future__ import annotations

from typing import Final

MAX_EXPRESSION_LENGTH: Final = 8192
"""Characters of an expression."""

MAX_DEPTH: Final = 64
"""Levels of operators, functions and parentheses inside each other.

A chain of AND, of OR or of XOR is one level, however long; a chain of sums is one a term.
"""

MAX_TEXT_LENGTH: Final = 65_536
"""Characters of a text that a function makes."""
