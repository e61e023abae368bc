"""Names in `meta` of what commits, compactions and copies tell each other."""

from __future__ import annotations

REMOVED_SEQUENCE = "removed_sequence"
"""Name in `meta`: the highest sequence of a commit that was removed."""

REMOVED_LINE = "removed_line"
"""Name in `meta`: the highest key of a line that was removed."""

REMOVED_CHANGE = "removed_change"
"""Name in `meta`: the highest key of a change that was removed."""

REMOVING = "removing:"
"""How the names in `meta` begin that set changes aside to be deleted: `removing:<first key>`
has the end."""

ORIGIN = "origin_database"
"""Name in `meta`: the database that the history began in, where that is another one. Commits
are hashed with it, so that a copy's have the same ids."""

MODEL = "model"
"""Name in `meta`: the number of the database's model."""
