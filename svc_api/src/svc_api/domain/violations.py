"""Collects everything that is wrong with a change set, to be told at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from oms_core.errors import (
    CyclicReference,
    FieldViolation,
    InvalidField,
    PreconditionViolation,
    ResourceInUse,
    UnknownReference,
)

MAX_REPORTED = 100


@dataclass(slots=True)
class Violations:
    """What is wrong, by kind. At most `MAX_REPORTED` are told; all are counted."""

    invalid: list[FieldViolation] = field(default_factory=list[FieldViolation])
    unknown: list[FieldViolation] = field(default_factory=list[FieldViolation])
    cyclic: list[FieldViolation] = field(default_factory=list[FieldViolation])
    cycles: list[str] = field(default_factory=list[str])
    in_use: list[PreconditionViolation] = field(default_factory=list[PreconditionViolation])
    used_names: list[str] = field(default_factory=list[str])

    def add_invalid(self, path: str, description: str) -> None:
        """A field that breaks a rule of the ontology."""
        self.invalid.append(FieldViolation(path, description))

    def add_unknown(self, path: str, description: str) -> None:
        """A field that names an element that does not exist."""
        self.unknown.append(FieldViolation(path, description))

    def add_cycle(self, path: str, cycle: Sequence[str]) -> None:
        """A field that closes a cycle of elements; the first one ends it too."""
        text = " → ".join(cycle)
        self.cycles.append(text)
        self.cyclic.append(FieldViolation(path, f"would close the cycle {text}"))

    def add_in_use(self, used: str, referrer: str, path: str) -> None:
        """An element to delete that another one still names."""
        self.used_names.append(used)
        self.in_use.append(
            PreconditionViolation("RESOURCE_IN_USE", referrer, f"{path} refers to {used!r}")
        )

    def raise_any(self) -> None:
        """Raises the gravest kind of violation, with all that its status code can tell.

        Raises:
            InvalidField, UnknownReference, CyclicReference: in this order; each
                carries the field violations of the others as well.
            ResourceInUse: carries the referrers.
        """
        fields = [*self.invalid, *self.unknown, *self.cyclic]
        told = fields[:MAX_REPORTED]
        if self.invalid:
            raise InvalidField(_summary(fields), fields=told)
        if self.unknown:
            raise UnknownReference(_summary(fields), fields=told)
        if self.cyclic:
            raise CyclicReference(_summary(fields), metadata={"cycle": self.cycles[0]}, fields=told)
        if self.in_use:
            raise self._resource_in_use()

    def _resource_in_use(self) -> ResourceInUse:
        first = self.in_use[0]
        referrers = len({violation.subject for violation in self.in_use})
        return ResourceInUse(
            f"{self.used_names[0]!r} can't be deleted: {first.subject!r} refers to it in "
            f"{first.description.partition(' ')[0]}{_more(referrers, 'element')}; "
            "change or delete what refers to it first",
            metadata={"resource_name": self.used_names[0]},
            preconditions=self.in_use[:MAX_REPORTED],
        )


def _summary(fields: Sequence[FieldViolation]) -> str:
    return f"{fields[0].field}: {fields[0].description}{_more(len(fields), 'violation')}"


def _more(count: int, noun: str) -> str:
    return f" (and {count - 1} more {noun}{'s' if count > 2 else ''})" if count > 1 else ""
