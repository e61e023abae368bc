"""Finds what an element refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from svc_api.domain.elements import Element, Key
from svc_api.domain.kinds import KINDS, Reference


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


# Properties are handed down along lists of ids only, which are at the top of a body.
_INHERITING: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    kind.collection: tuple(
        (ref.top_level_field, ref.collections) for ref in kind.references if ref.inherits_properties
    )
    for kind in KINDS
}


def _values(value: Any, steps: _Steps) -> Iterator[str]:
    (field, is_repeated), rest = steps[0], steps[1:]
    inner = value.get(field)
    if not inner:
        return
    if not rest:
        yield from inner if is_repeated else (inner,)
        return
    for entry in inner if is_repeated else (inner,):
        yield from _values(entry, rest)


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
    """Every key that an element may refer to: `references_of` without where and why."""
    keys: set[Key] = set()
    for reference, steps in _COMPILED.get(element.collection, ()):
        for target_id in _values(element.body, steps):
            for collection in reference.collections:
                keys.add((collection, target_id))
    return keys


def ids_along(element: Element, reference: Reference) -> list[str]:
    """The ids that an element names along one reference."""
    return list(_values(element.body, _steps(reference.path)))


def inherited_keys(element: Element) -> Iterator[Key]:
    """The keys of what an element has the properties of, whether they exist or not."""
    for field, collections in _INHERITING.get(element.collection, ()):
        for target_id in element.body.get(field, ()):
            for collection in collections:
                yield collection, target_id
