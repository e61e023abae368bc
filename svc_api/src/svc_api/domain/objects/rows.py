"""Rows of files as objects and links: read by the types, judged one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from svc_api.domain.objects.changes import same_values
from svc_api.domain.objects.checking import faults_of_value, references_in
from svc_api.domain.objects.datatypes import text_of
from svc_api.domain.objects.evolution import converted_one
from svc_api.domain.objects.model import OBJECT_ID, Ref, StoredObject
from svc_api.domain.objects.types import Catalogue, PropertyDef, TypeDef

MAX_ERRORS = 20


class Outcome(Enum):
    """What became of a row."""

    CREATED = 1
    UPDATED = 2
    UNCHANGED = 3
    SKIPPED = 4
    FAILED = 5


class Existing(Enum):
    """What happens to an object that is there already."""

    FAIL = 1
    REPLACE = 2
    UPDATE = 3
    SKIP = 4


@dataclass(slots=True)
class Row:
    """A row of a file: the cells by name, and what is known of it so far."""

    line: int
    cells: Mapping[str, Any]
    object_id: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    outcome: Outcome | None = None

    def fail(self, where: str, why: str) -> None:
        """Notes a fault."""
        self.outcome = Outcome.FAILED
        if len(self.errors) < MAX_ERRORS:
            self.errors.append((where, why))


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows say what they say.

    Attributes:
        names: Properties by column, where they are called otherwise; empty for one left out.
        is_text: Every cell is a text, to be read as the property's type says.
    """

    id_column: str
    names: Mapping[str, str]
    ignore_unknown: bool
    separator: str
    is_text: bool


def read_object(row: Row, type_: TypeDef, catalogue: Catalogue, layout: Layout) -> None:
    """Reads a row as an object of a type: its id and values, or its faults."""
    object_id = row.cells.get(layout.id_column)
    row.object_id = str(object_id) if isinstance(object_id, str | int) else ""
    if not OBJECT_ID.fullmatch(row.object_id):
        row.fail(layout.id_column, f"expected an id of letters and digits, found {object_id!r}")
    for column, cell in row.cells.items():
        is_id = column == layout.id_column and column not in layout.names
        if is_id and column not in type_.properties:
            continue
        name = layout.names.get(column, column)
        if not name or cell is None or (layout.is_text and cell == ""):
            continue
        definition = type_.properties.get(name)
        if definition is None:
            if not layout.ignore_unknown:
                row.fail(column, f"{type_.id} has no property {name!r}")
            continue
        value = row.values[name] = _value(definition, cell, catalogue, layout)
        for fault in faults_of_value(catalogue, definition, value):
            row.fail(fault.path, str(fault))


def _value(definition: PropertyDef, cell: Any, catalogue: Catalogue, layout: Layout) -> Any:
    if layout.is_text and definition.is_list:
        entries = [part.strip() for part in str(cell).split(layout.separator)]
        return [_one(definition, entry, catalogue, layout) for entry in entries if entry]
    if isinstance(cell, list):
        found: Sequence[Any] = cell  # pyright: ignore[reportUnknownVariableType] - JSON
        return [_one(definition, entry, catalogue, layout) for entry in found]
    return _one(definition, cell, catalogue, layout)


def _one(definition: PropertyDef, cell: Any, catalogue: Catalogue, layout: Layout) -> Any:
    if definition.target:
        return full_reference(cell, catalogue.concrete(("objectTypes", definition.target)))
    if not layout.is_text:
        return cell
    if definition.data_type.name == "DATA_TYPE_LANG_STRING":
        text, at, language = str(cell).rpartition("@")
        return {"language": language, "text": text} if at else cell
    converted = converted_one(definition, cell)
    return cell if converted is None else converted


def full_reference(cell: Any, types: Sequence[str]) -> Any:
    """`Type/id` for an id alone, where one type only is possible."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    if isinstance(cell, str) and "/" not in cell and len(types) == 1:
        return f"{types[0]}/{cell}"
    return cell


def references(rows: Iterable[Row], type_: TypeDef) -> set[Ref]:
    """The objects that well-formed rows refer to."""
    return {ref for row in rows for _, ref in references_in(type_, row.values)}


def judge_objects(
    rows: Sequence[Row],
    type_: TypeDef,
    known: Mapping[Ref, StoredObject | None],
    existing: Existing,
) -> None:
    """Decides what becomes of each row that was read: its `outcome` and faults.

    Args:
        known: The objects that rows name or refer to, as they are; None is not there.
    """
    first: dict[str, int] = {}
    for row in rows:
        if row.outcome is not None:
            continue
        earlier = first.setdefault(row.object_id, row.line)
        if earlier != row.line:
            row.fail("", f"{row.object_id!r} is on line {earlier} too")
            continue
        before = known.get(Ref(type_.id, row.object_id))
        after = _after(row, before, existing)
        row.outcome = _outcome(after, before, existing)
        if row.outcome is Outcome.FAILED:
            row.fail("", f"there is an object {type_.id}/{row.object_id} already")
        elif row.outcome is not Outcome.SKIPPED:
            _require_values(row, type_, after)
    _refuse_dangling(rows, type_, known)


def _after(row: Row, before: StoredObject | None, existing: Existing) -> Mapping[str, Any]:
    if before is None or existing is not Existing.UPDATE:
        return row.values
    return {**before.values, **row.values}


def _require_values(row: Row, type_: TypeDef, after: Mapping[str, Any]) -> None:
    for property_id, definition in type_.properties.items():
        if definition.is_required and property_id not in after:
            expected = f"expected a value ({definition.described}), found none"
            row.fail(f"values[{property_id}]", expected)


def _outcome(after: Mapping[str, Any], before: StoredObject | None, existing: Existing) -> Outcome:
    if before is None:
        return Outcome.CREATED
    if existing is Existing.FAIL:
        return Outcome.FAILED
    if existing is Existing.SKIP:
        return Outcome.SKIPPED
    return Outcome.UNCHANGED if same_values(before.values, after) else Outcome.UPDATED


def _refuse_dangling(
    rows: Sequence[Row], type_: TypeDef, known: Mapping[Ref, StoredObject | None]
) -> None:
    """Fails rows that refer to what neither is there nor comes; until none does."""
    standing = {Ref(type_.id, row.object_id) for row in rows if row.outcome is Outcome.CREATED}
    is_changed = True
    while is_changed:
        is_changed = False
        for row in rows:
            if row.outcome in {Outcome.FAILED, Outcome.SKIPPED}:
                continue
            missing = [
                (path, ref)
                for path, ref in references_in(type_, row.values)
                if ref not in standing and known.get(ref) is None
            ]
            for path, ref in missing:
                row.fail(path, f"there is no object {ref}")
            if missing:
                standing.discard(Ref(type_.id, row.object_id))
                is_changed = True


def text_cell(row: Row, column: str) -> str:
    """A cell that has to be a text; empty when it is none."""
    return text_of(row.cells.get(column)) or ""
