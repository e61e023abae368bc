"""A step of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from svc_datakernel.domain.woql.run import Run

DONE = object()


class Goal(Protocol):
    """Finds solutions.

    `solve` yields once for each, with the run's variables bound; when it goes on or ends
    it has taken back what it bound. Closing it early leaves that to whoever closes it.
    """

    def solve(self, run: Run) -> Iterator[None]:
        """Solutions, lazily."""
        ...

    def explain(self) -> dict[str, Any]:
        """The step as JSON for a plan."""
        ...
