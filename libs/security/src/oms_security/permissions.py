"""Sets of permissions, and what two of them have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MAX_NAMED_PERMISSIONS: Final = 64
"""Most permissions that a narrowed token names."""
MAX_PERMISSION_LENGTH: Final = 100
# Like the rule of `oms.scheduler.v1.Job.permissions`, and `*` for everything.
_FORM: Final = re.compile(r"\*|[a-z][a-z_]*(\.[a-z][a-z_]*)*(\.\*)?", re.ASCII)


def is_permission(text: str) -> bool:
    """Whether it is a permission such as `ontology.branches.read`, or `ontology.*`, or `*`."""
    return len(text) <= MAX_PERMISSION_LENGTH and _FORM.fullmatch(text) is not None


def narrowed(granted: Iterable[str], wanted: Iterable[str]) -> frozenset[str]:
    """What both sets allow, wildcards as in `Identity.allows`.

    `ontology.*` and `ontology.branches.read` have `ontology.branches.read` in common, `*` and
    anything has that thing.

    Returns:
        As few as needed: none that another one of them covers.
    """
    have, want = frozenset(granted), frozenset(wanted)
    common = frozenset(p for p in want if _is_covered(p, have)) | frozenset(
        p for p in have if _is_covered(p, want)
    )
    return frozenset(p for p in common if not _is_covered(p, common - {p}))


def _is_covered(permission: str, by: frozenset[str]) -> bool:
    return any(_covers(wide, permission) for wide in by)


def _covers(wide: str, permission: str) -> bool:
    if wide in {"*", permission}:
        return True
    return wide.endswith(".*") and permission.startswith(wide[:-1])
