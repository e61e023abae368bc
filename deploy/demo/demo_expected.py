"""What the demo has to find: counts taken from the files with plain rdflib.

`tests/test_demo_expected.py` derives them anew, without any code of OMS.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class BrickVersion:
    """A version of the Brick ontology, and what is in its file.

    `carried` counts the statements about classes, properties and the ontology itself
    whose object has a name; the others are mostly SHACL shapes and tags.
    """

    version: str
    statements: int
    carried: int
    object_types: int
    link_types: int
    properties: int

    @property
    def path(self) -> Path:
        """Where the file is: in the `brickschema` package, which is slow to import and is not."""
        spec = importlib.util.find_spec("brickschema")
        if spec is None or spec.origin is None:
            raise FileNotFoundError("the package brickschema is not installed; run `make setup`")
        return Path(spec.origin).parent / "ontologies" / self.version / "Brick.ttl"


# An object type more than the file has classes: owl:Thing, which has the datatype
# properties, because Brick states no domain for them.
OLD = BrickVersion(
    "1.3", statements=53_959, carried=17_153, object_types=1_787, link_types=128, properties=75
)
NEW = BrickVersion(
    "1.4", statements=60_604, carried=17_639, object_types=1_714, link_types=128, properties=75
)


@dataclass(frozen=True)
class Difference:
    """How many elements of a collection come, change and go from the old version to the new."""

    created: int
    updated: int
    deleted: int


DIFFERENCES = {
    "objectTypes": Difference(created=3, updated=599, deleted=76),
    "ontologies": Difference(created=0, updated=1, deleted=0),
}

# A type whose place in the hierarchy changed.
TYPE_ID = "RTU"
PARENTS_BEFORE = ["Air_Handler_Unit", "Air_Handling_Unit"]
PARENTS_AFTER = ["AHU"]
