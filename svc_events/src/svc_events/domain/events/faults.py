"""Collects what is wrong with an event, so that its sender hears of everything at once."""

from __future__ import annotations

from reprlib import Repr
from typing import Final

from oms_core.errors import FieldViolation, InvalidEvent, InvalidField

_MAX_SHOWN_CHARACTERS: Final = 64
_MAX_FAULTS: Final = 32
# Of nested data from a stranger, only as much as one can read; the whole could be endless.
_SHORT: Final = Repr()
_SHORT.maxlevel = 3
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = _MAX_SHOWN_CHARACTERS + 2


def shown(value: object) -> str:
    """A value as an error shows it: quoted, escaped, and cut after 64 characters."""
    if isinstance(value, str | bytes) and len(value) > _MAX_SHOWN_CHARACTERS:
        return f"{value[:_MAX_SHOWN_CHARACTERS]!r}… ({len(value)} long)"
    return _SHORT.repr(value)


class Faults:
    """Violations of an event's attributes, or of a request's fields, in the order they were found.

    Args:
        error: What is raised: `InvalidEvent`, or `InvalidField` where the faults are no event's.
    """

    __slots__ = ("_error", "_found")

    def __init__(self, error: type[InvalidEvent] | type[InvalidField] = InvalidEvent) -> None:
        self._error = error
        self._found: list[FieldViolation] = []

    def add(self, attribute: str, value: object, why: str) -> None:
        """Notes that an attribute's value breaks a rule."""
        self.note(attribute, f"{shown(value)} {why}")

    def note(self, attribute: str, description: str) -> None:
        """Notes a fault that is about no single value."""
        if len(self._found) < _MAX_FAULTS:
            self._found.append(FieldViolation(attribute, description))

    def absorb(self, error: InvalidEvent | InvalidField) -> None:
        """Takes over what another check found of attributes that nothing is known of yet."""
        known = {violation.field for violation in self._found}
        for violation in error.fields:
            if violation.field not in known:
                self.note(violation.field, violation.description)

    def raise_any(self) -> None:
        """Does nothing if nothing was found.

        Raises:
            OmsError: that of this list; `fields` names each attribute at fault, at most 32 of them.
        """
        if self._found:
            first, more = self._found[0], len(self._found) - 1
            others = f" (and {more} more)" if more else ""
            raise self._error(
                f"{first.field}: {first.description}{others}",
                metadata={"attribute": first.field} if self._error is InvalidEvent else None,
                fields=tuple(self._found),
            )


def within_batch(index: int, error: InvalidEvent) -> InvalidEvent:
    """The error of the event at a place of a batch, counted from 0."""
    fields = [
        FieldViolation(f"events[{index}].{each.field}", each.description) for each in error.fields
    ]
    return InvalidEvent(
        f"events[{index}].{error.message}",
        metadata={**error.metadata, "index": str(index)},
        fields=fields,
    )
