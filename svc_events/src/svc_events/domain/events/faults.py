"""Collects what is wrong with an event, so that its sender hears of everything at once."""

from __future__ import annotations

from reprlib import Repr
from typing import Final

from oms_core.errors import FieldViolation, InvalidField

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
    """Violations of an event's attributes, in the order they were found."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: list[FieldViolation] = []

    def add(self, attribute: str, value: object, why: str) -> None:
        """Notes that an attribute's value breaks a rule."""
        self.note(attribute, f"{shown(value)} {why}")

    def note(self, attribute: str, description: str) -> None:
        """Notes a fault that is about no single value."""
        if len(self._found) < _MAX_FAULTS:
            self._found.append(FieldViolation(attribute, description))

    def absorb(self, error: InvalidField) -> None:
        """Takes over what another check found of attributes that nothing is known of yet."""
        known = {violation.field for violation in self._found}
        for violation in error.fields:
            if violation.field not in known:
                self.note(violation.field, violation.description)

    def raise_any(self) -> None:
        """Does nothing if nothing was found.

        Raises:
            InvalidField: `fields` names each attribute at fault, at most 32 of them.
        """
        if self._found:
            first, more = self._found[0], len(self._found) - 1
            others = f" (and {more} more)" if more else ""
            raise InvalidField(
                f"{first.field}: {first.description}{others}", fields=tuple(self._found)
            )
