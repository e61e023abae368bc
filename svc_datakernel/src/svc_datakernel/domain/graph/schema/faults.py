"""What is wrong with a schema, collected and then raised as one error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from oms_core.errors import FieldViolation, InvalidSchema

from svc_datakernel.domain.canonical_json import write_exact

SCHEMA_CHECK_FAILURE: Final = "api:SchemaCheckFailure"
MOST_WITNESSES: Final = 100


class Fault(NamedTuple):
    """One thing that is wrong.

    Args:
        document: Name of the schema document.
        message: What is wrong and what to do.
        witness: As TerminusDB answers it; None where it answers none.
        field: The member at fault.
        api_error: TerminusDB's type of error.
    """

    document: str
    message: str
    witness: Mapping[str, Any] | None = None
    field: str = ""
    api_error: str = SCHEMA_CHECK_FAILURE


class FaultFound(Exception):
    """A fault that keeps a schema document from being read any further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refuse(faults: Sequence[Fault]) -> None:
    """Raises an error about all faults; about none it does nothing.

    Raises:
        InvalidSchema: carries `witnesses` and TerminusDB's type of the first one.
    """
    if not faults:
        return
    shown = faults[:MOST_WITNESSES]
    first = faults[0]
    metadata = {"api_error": first.api_error, "document": first.document}
    witnesses = [dict(each.witness) for each in shown if each.witness is not None]
    if witnesses:
        metadata["witnesses"] = write_exact(witnesses).decode()
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise InvalidSchema(
        f"{first.document}: {first.message}{more}",
        metadata=metadata,
        fields=[
            FieldViolation(f"{each.document}.{each.field}".rstrip("."), each.message)
            for each in shown
        ],
    )
