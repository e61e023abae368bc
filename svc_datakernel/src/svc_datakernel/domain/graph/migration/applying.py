"""Operations applied one after another, each on what those before it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from svc_datakernel.domain.graph.migration.draft import Draft
from svc_datakernel.domain.graph.migration.instance_steps import apply_to_documents
from svc_datakernel.domain.graph.migration.operations import Operation
from svc_datakernel.domain.graph.migration.schema_steps import apply_to_schema
from svc_datakernel.domain.graph.migration.step import Step
from svc_datakernel.domain.graph.schema_classes import Classes, classes_of
from svc_datakernel.domain.graph.view import DocumentChange, GraphView


class Applied(NamedTuple):
    """What operations come to: the schema, changes of documents, how many nodes they changed."""

    classes: Classes
    changes: list[DocumentChange]
    node_count: int


def apply(
    view: GraphView, operations: Sequence[Operation], *, allow_destructive: bool = False
) -> Applied:
    """Applies operations, names as in the schema. Whether the result is sound is not checked.

    Raises:
        MigrationRefused: one does not fit the schema, or documents stand in its way.
    """
    draft, classes, count = Draft(view), classes_of(view), 0
    for operation in operations:
        after = apply_to_schema(classes, operation)
        step = Step(draft, operation, classes, after, allow_destructive=allow_destructive)
        count += apply_to_documents(step)
        classes = after
    return Applied(classes, draft.changes(), count)
