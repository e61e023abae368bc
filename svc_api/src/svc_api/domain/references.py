"""Finds what an element refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from svc_api.domain.elements import Element, Key
from svc_api.domain.kinds import BY_COLLECTION, KINDS, Reference


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in an element: which one, where exactly, and the id it names."""

    reference: Reference
    path: str
    target_id: str

    @property
    def targets(self) -> tuple[Key, ...]:
        """Keys it may mean; it is sound when at least one of them exists."""
        return tuple((collection, self.target_id) for collection in self.reference.collections)


_Steps = tuple[tuple[str, bool], ...]


def _steps(path: str) -> _Steps:
    return tuple((step.removesuffix("[]"), step.endswith("[]")) for step in path.split("."))


_COMPILED: dict[str, tuple[tuple[Reference, _Steps], ...]] = {
    kind.collection: tuple((ref, _steps(ref.path)) for ref in kind.references) for kind in KINDS
}


def _walk(value: Any, steps: _Steps, path: str) -> Iterator[tuple[str, str]]:
    (field, is_repeated), rest = steps[0], steps[1:]
    inner = value.get(field)
    if not inner:
        return
    here = f"{path}.{field}" if path else field
    if not is_repeated:
        if rest:
            yield from _walk(inner, rest, here)
        else:
            yield here, inner
        return
    for index, entry in enumerate(inner):
        if rest:
            yield from _walk(entry, rest, f"{here}[{index}]")
        else:
            yield f"{here}[{index}]", entry


def references_of(element: Element) -> Iterator[Found]:
    """Every reference in an element, in the order of the kind's table and the body."""
    for reference, steps in _COMPILED.get(element.collection, ()):
        for path, target_id in _walk(element.body, steps, ""):
            yield Found(reference, path, target_id)


def target_keys(element: Element) -> set[Key]:
    """Every key that an element may refer to."""
    return {key for found in references_of(element) for key in found.targets}


def ids_along(element: Element, reference: Reference) -> list[str]:
    """The ids that an element names along one reference."""
    return [found.target_id for found in references_of(element) if found.reference is reference]


def acyclic_reference(collection: str) -> Reference | None:
    """The reference of a kind along which there may be no cycle."""
    return next((ref for ref in BY_COLLECTION[collection].references if ref.is_acyclic), None)
