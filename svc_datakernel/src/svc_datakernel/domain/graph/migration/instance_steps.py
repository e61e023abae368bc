"""What each operation does to the documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from svc_datakernel.domain.graph.migration import cast_steps, class_steps, property_steps
from svc_datakernel.domain.graph.migration.step import Step


def apply_to_documents(step: Step) -> int:
    """Changes the documents; answers how many documents and subdocuments.

    Raises:
        MigrationRefused: documents stand in the way; up to 100 of them are named.
    """
    change = _STEPS.get(step.operation.kind)
    return 0 if change is None else change(step)


_STEPS: Final[Mapping[str, Callable[[Step], int]]] = {
    "DeleteClass": class_steps.delete_class,
    "MoveClass": class_steps.move_class,
    "CreateClassProperty": property_steps.create_property,
    "DeleteClassProperty": property_steps.delete_property,
    "MoveClassProperty": property_steps.move_property,
    "UpcastClassProperty": cast_steps.upcast_property,
    "CastClassProperty": cast_steps.cast_property,
    "ChangeKey": class_steps.change_key,
    "ChangeParents": class_steps.change_parents,
    "Abstract": class_steps.abstract,
}
