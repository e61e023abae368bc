"""New ids for documents whose class has another key."""

from __future__ import annotations

from svc_datakernel.domain.graph.migration.draft import Draft
from svc_datakernel.domain.graph.schema_classes import Classes


def rekey(draft: Draft, name: str, after: Classes) -> int:
    """Gives the documents of a class, or its subdocuments, the ids of its new key."""
    return 0
