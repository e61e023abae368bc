"""What a step of a migration knows, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from oms_core.errors import MigrationRefused, PreconditionViolation

from svc_datakernel.domain.graph.migration.draft import Draft
from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.schema_classes import Classes

MOST_NAMED: Final = 100


class Step:
    """One operation about to be applied to the documents.

    Args:
        before: The schema before the operation.
        after: The schema after it.
        allow_destructive: Whether documents and values may go away.
    """

    def __init__(
        self,
        draft: Draft,
        operation: Operation,
        before: Classes,
        after: Classes,
        *,
        allow_destructive: bool,
    ) -> None:
        self.draft = draft
        self.operation = operation
        self.before = before
        self.after = after
        self._allow_destructive = allow_destructive

    def refuse(self, ids: Iterable[str], why: str, api_error: str) -> MigrationRefused:
        """An error that names the documents in the way."""
        named = sorted(set(ids))[:MOST_NAMED]
        error = self.operation.refused(f"{why}: {', '.join(named[:5])}", api_error)
        return MigrationRefused(
            error.message,
            metadata=error.metadata,
            preconditions=[PreconditionViolation("MIGRATION", each, why) for each in named],
        )

    def check_destructive(self, ids: Iterable[str], why: str) -> None:
        """Refuses where something would go away that may not."""
        if not self._allow_destructive:
            found = list(islice(ids, MOST_NAMED))
            if found:
                raise self.refuse(found, why, "api:DestructiveMigration")
