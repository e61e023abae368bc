"""Types of properties, and which of them every value of another also fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from svc_datakernel.domain import values
from svc_datakernel.domain.graph.schema_classes import Classes, ancestors

MANY: Final = 1 << 62
_ORDERED: Final = ("List", "Array")


@dataclass(frozen=True, slots=True)
class PropertyType:
    """How many values of what a property has.

    Args:
        family: `List`, `Array`, or empty for values without order.
        of: Name of a class, an enum or a datatype.
        fewest: At least so many values; counts where there is no order only.
        most: At most so many values.
        dimensions: Of an array.
    """

    family: str
    of: str
    fewest: int = 0
    most: int = MANY
    dimensions: int = 1

    @property
    def is_optional(self) -> bool:
        """Whether documents without a value are valid."""
        return self.fewest == 0 and self.family != "List"


def property_type(declared: Any) -> PropertyType:
    """Reads the type of a property as a schema document declares it."""
    if isinstance(declared, str):
        return PropertyType("", declared, 1, 1)
    family: str = declared.get("@type", "")
    of: str = str(declared.get("@class", ""))
    if family in _ORDERED:
        return PropertyType(family, of, dimensions=int(declared.get("@dimensions", 1)))
    exactly: Any = declared.get("@cardinality")
    fewest = declared.get("@min_cardinality", exactly)
    most = declared.get("@max_cardinality", exactly)
    default_fewest, default_most = {"": (1, 1), "Optional": (0, 1)}.get(family, (0, MANY))
    return PropertyType(
        "",
        of,
        default_fewest if fewest is None else int(fewest),
        default_most if most is None else int(most),
    )


def is_optional(declared: Any) -> bool:
    """Whether a property of this type may be left out."""
    return property_type(declared).is_optional


def weakens(before: Any, after: Any, classes: Classes) -> bool:
    """Whether every value of one type is one of the other.

    Args:
        classes: The schema, for which class inherits from which.
    """
    old, new = property_type(before), property_type(after)
    return (
        old.family == new.family
        and old.dimensions == new.dimensions
        and new.fewest <= old.fewest
        and new.most >= old.most
        and is_kind_of(old.of, new.of, classes)
    )


def is_kind_of(of: str, wider: str, classes: Classes) -> bool:
    """Whether each instance of a class or datatype is one of another."""
    if of == wider:
        return True
    if of in classes:
        return wider in ancestors(classes, of)
    return values.is_kind_of(of, wider)


def without_unfold(declared: Any) -> Any:
    """A type without what only says how it is shown."""
    if not isinstance(declared, Mapping) or "@unfold" not in declared:
        return declared
    rest = {key: value for key, value in declared.items() if key != "@unfold"}
    return rest["@class"] if rest.keys() == {"@class"} else rest
