"""The error of this package."""

from __future__ import annotations

from typing import Any


class BadValue(ValueError):
    """A value that its datatype does not allow.

    Args:
        datatype: Compact IRI of the datatype.
        value: What was given.
        is_cast: A number that is no value of a numeric type, which TerminusDB answers
            with `api:BadCast` instead of a violation.
    """

    def __init__(self, datatype: str, value: Any, *, is_cast: bool = False) -> None:
        super().__init__(f"{value!r} is no {datatype}")
        self.datatype = datatype
        self.value = value
        self.is_cast = is_cast
