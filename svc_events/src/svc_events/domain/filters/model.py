"""Filters as the CloudEvents Subscriptions API defines them, one class for each dialect.

Filters are values: two that say the same in the same order are equal, and can share their work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from svc_events.domain.cesql import Expression


@dataclass(frozen=True, slots=True)
class Exact:
    """True if the attribute is there and its canonical text is the value, case and all."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """True if the attribute is there and its canonical text begins with the value."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Suffix:
    """True if the attribute is there and its canonical text ends with the value."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class All:
    """True if every nested filter is; without any, always."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if one nested filter is."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True if the nested filter is false, as it also is for want of an attribute."""

    filter: Filter


@dataclass(frozen=True, slots=True)
class Sql:
    """True if the expression results in true, and in no error."""

    expression: Expression


Filter: TypeAlias = Exact | Prefix | Suffix | All | AnyOf | Not | Sql
EVERYTHING = All(())
