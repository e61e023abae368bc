"""An index as it is recorded: its space, and the generations that hold its entries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from svc_embedding.domain.indexes.entries import Vector


class Metric(Enum):
    """How vectors are compared."""

    COSINE = "cosine"
    DOT = "dot"
    EUCLIDEAN = "euclidean"

    @property
    def is_distance(self) -> bool:
        """Whether smaller is nearer."""
        return self is Metric.EUCLIDEAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """The vectors of an index by one model.

    Args:
        number: From 1; never used again.
        model: Id of the model.
    """

    number: int
    model: str
    space: str
    dimensions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A generation that is being filled beside the one that is searched.

    Args:
        after: Namespace and id of the last entry that was looked at; None: none yet.
    """

    generation: Generation
    start_time: datetime
    total: int
    done: int = 0
    after: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRecord:
    """An index.

    Args:
        layout: Grows whenever its generations change; who writes names the one it saw.
    """

    id: str
    metric: Metric
    active: Generation
    create_time: datetime
    description: str = ""
    building: Building | None = None
    layout: int = 1

    @property
    def generations(self) -> tuple[Generation, ...]:
        """Those that writes go to."""
        return (self.active, *((self.building.generation,) if self.building else ()))

    def switched(self) -> IndexRecord:
        """The index once the generation that is being filled is the one that is searched."""
        if self.building is None:
            return self
        return replace(self, active=self.building.generation, building=None)


class LayoutChanged(Exception):
    """The generations of an index are others than the caller knows; read the record again."""


def index_name(index_id: str) -> str:
    """Resource name of an index."""
    return f"indexes/{index_id}"


def score_of(metric: Metric, left: Vector, right: Vector) -> float:
    """How two vectors compare."""
    import numpy as np

    if metric is Metric.EUCLIDEAN:
        return float(np.linalg.norm(left - right))
    product = float(left @ right)
    if metric is Metric.DOT:
        return product
    return product / (float(np.linalg.norm(left)) * float(np.linalg.norm(right)) or 1.0)
