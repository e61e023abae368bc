"""Objects in memory: the simplest thing that answers what a schema asks for. Counts its calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cmp_to_key
from typing import Any

import orjson
from oms_core.errors import InvalidField, PermissionDenied
from svc_graphql.domain.execution.requests import (
    KEY,
    Aggregate,
    All,
    Commit,
    Committed,
    Compare,
    Condition,
    Find,
    Follow,
    Group,
    Keys,
    Layout,
    Linked,
    Not,
    Operator,
    Page,
    Paging,
    Put,
    Referred,
    Row,
    Search,
    Some,
)
from svc_graphql.domain.ontology.inheritance import Hierarchy
from svc_graphql.domain.ontology.model import Ontology

DEFAULT_PAGE = 100
_COMPARE = {
    Operator.EQ: lambda a, b: a == b,
    Operator.NE: lambda a, b: a != b,
    Operator.IN: lambda a, b: a in b,
    Operator.LT: lambda a, b: a < b,
    Operator.LE: lambda a, b: a <= b,
    Operator.GT: lambda a, b: a > b,
    Operator.GE: lambda a, b: a >= b,
    Operator.CONTAINS: lambda a, b: b in a,
    Operator.STARTS_WITH: lambda a, b: a.startswith(b),
    Operator.ENDS_WITH: lambda a, b: a.endswith(b),
    Operator.MATCHES: lambda a, b: b in a,
}


@dataclass
class MemoryObjects:
    """Objects by id, and links as triples of link type, source and target.

    Attributes:
        failing: What fails with PERMISSION_DENIED: ids of types in `Find`, and of link types.
        calls: How often each method was called.
        as_json: Whether values are answered as JSON.
    """

    ontology: Ontology
    rows: dict[str, Row]
    links: list[tuple[str, str, str]] = field(default_factory=list)
    failing: frozenset[str] = frozenset()
    calls: Counter[str] = field(default_factory=Counter)
    commit_id: str = "e" * 64
    as_json: bool = False

    def __post_init__(self) -> None:
        self.hierarchy = Hierarchy(self.ontology)

    def at(self, commit_id: str) -> MemoryObjects:
        return replace(self, commit_id=commit_id)

    async def find(self, request: Find) -> Page:
        self.calls["find"] += 1
        return self.found(request)

    async def get(
        self, ids: Sequence[str], properties: tuple[str, ...] | None
    ) -> Mapping[str, Row]:
        self.calls["get"] += 1
        return self.got(ids, properties)

    async def follow(self, request: Follow, ids: Sequence[str]) -> Mapping[str, Page]:
        self.calls["follow"] += 1
        return self.followed(request, ids)

    async def aggregate(self, request: Aggregate) -> Sequence[Group]:
        self.calls["aggregate"] += 1
        return self.aggregated(request)

    async def commit(self, request: Commit) -> Committed:
        self.calls["commit"] += 1
        return self.committed(request)

    def found(self, request: Find) -> Page:
        id_ = request.type.partition("/")[2]
        self._check(id_)
        _check_ends(request.paging)
        types = set(self.hierarchy.concrete(id_))
        rows = [row for _, row in sorted(self.rows.items()) if row.type in types]
        return self._page(rows, request.paging)

    def got(self, ids: Sequence[str], properties: tuple[str, ...] | None) -> Mapping[str, Row]:
        return {id_: self._only(self.rows[id_], properties) for id_ in ids if id_ in self.rows}

    def followed(self, request: Follow, ids: Sequence[str]) -> Mapping[str, Page]:
        self._check(request.link_type)
        _check_ends(request.paging)
        ends = {id_: self._linked(request.link_type, request.is_inverse, id_) for id_ in ids}
        return {id_: self._page(rows, request.paging) for id_, rows in ends.items() if rows}

    def aggregated(self, request: Aggregate) -> Sequence[Group]:
        page = self.found(Find(request.type, Paging(condition=request.condition, first=10**6)))
        groups: dict[str, tuple[dict[str, Any], list[Row]]] = {}
        for row in page.rows:
            keys = {name: row.values.get(name) for name in request.group_by}
            groups.setdefault(repr(keys), (keys, []))[1].append(row)
        if not request.group_by and not groups:
            groups[""] = ({}, [])
        return [Group(k, len(rows), _figures(request, rows)) for k, rows in groups.values()]

    def committed(self, request: Commit) -> Committed:
        rows: list[Row | None] = []
        for change in request.changes:
            rows.append(None)
            if isinstance(change, Put):
                id_ = change.id or f"{change.type}/new"
                old = self.rows[id_].values if id_ in self.rows else {}
                rows[-1] = self.rows[id_] = Row(
                    id_, change.type, {**old, **change.values}, {"objectType": change.type}
                )
        return Committed("d" * 64, rows)

    def _check(self, id_: str) -> None:
        if id_ in self.failing:
            raise PermissionDenied(f"you may not see {id_}", metadata={"permission": "x"})

    def _linked(self, link_type: str, is_inverse: bool, id_: str) -> list[Row]:
        near, far = (2, 1) if is_inverse else (1, 2)
        ids = {one[far] for one in self.links if one[0] == link_type and one[near] == id_}
        return [self.rows[one] for one in sorted(ids) if one in self.rows]

    def _page(self, rows: Iterable[Row], paging: Paging) -> Page:
        condition = paging.condition or All()
        kept = [row for row in rows if self.holds(condition, row)]
        for order in reversed(paging.order):
            kept.sort(key=cmp_to_key(lambda a, b, order=order: _compared(a, b, order)))
        start = min(int(paging.after), len(kept)) if paging.after else 0
        stop = min(int(paging.before) - 1, len(kept)) if paging.before else len(kept)
        if paging.last is not None:
            start = max(start, stop - paging.last)
        else:
            first = DEFAULT_PAGE if paging.first is None else paging.first
            stop = min(stop, start + first)
        page = kept[start : max(start, stop)]
        return Page(
            [self._only(row, paging.properties) for row in page],
            has_next=start + len(page) < len(kept),
            has_previous=start > 0,
            cursors=[str(start + index + 1) for index in range(len(page))]
            if paging.with_cursors
            else (),
            total=len(kept) if paging.with_total else None,
        )

    def _only(self, row: Row, properties: tuple[str, ...] | None) -> Row:
        """The row with the properties asked for, as a service would answer it: a new one."""
        if self.as_json and properties is not None:
            declared = {one.id for one in self.hierarchy.properties(row.type)}
            chosen = tuple(name for name in properties if name in declared)
            json = orjson.dumps({name: row.values.get(name) for name in chosen})
            layout = Layout(chosen, orjson.loads)
            return Row(row.id, row.type, None, row.facts, json=json, layout=layout)
        values = {k: v for k, v in row.values.items() if properties is None or k in properties}
        return Row(row.id, row.type, values, row.facts)

    def holds(self, condition: Condition, row: Row) -> bool:
        match condition:
            case All(parts):
                return all(self.holds(one, row) for one in parts)
            case Some(parts):
                return any(self.holds(one, row) for one in parts)
            case Not(part):
                return not self.holds(part, row)
            case Keys(keys):
                return row.id.partition("/")[2] in keys
            case Search(words):
                return words in str(row.values)
            case Referred(name, inner):
                targets = [one for id_, one in self.rows.items() if id_ == row.values.get(name)]
                target = next(iter(targets), None)
                return target is not None and self.holds(inner, target)
            case Linked(link_type, is_inverse, inner):
                ends = self._linked(link_type, is_inverse, row.id)
                return any(self.holds(inner, one) for one in ends)
            case Compare():
                return _meets(row.values.get(condition.property), condition)


def _check_ends(paging: Paging) -> None:
    if paging.first is not None and paging.last is not None:
        raise InvalidField.of("last", "can't be used together with first")


def _meets(value: Any, condition: Compare) -> bool:
    if condition.operator is Operator.IS_NULL:
        return (value is None) == condition.value
    if value is None:
        return False
    values = value if isinstance(value, list) else [value]
    compare = _COMPARE[condition.operator]
    try:
        return any(compare(one, condition.value) for one in values)
    except TypeError:
        return False


def _compared(a: Row, b: Row, order: Any) -> int:
    if order.property == KEY:
        one, other = a.id.partition("/")[2], b.id.partition("/")[2]
    else:
        one, other = a.values.get(order.property), b.values.get(order.property)
    if one is None or other is None:
        return (one is None) - (other is None)
    sign = -1 if order.is_descending else 1
    return sign * ((str(one) > str(other)) - (str(one) < str(other)))


def _figures(request: Aggregate, rows: Sequence[Row]) -> Mapping[str, Mapping[str, Any]]:
    figures: dict[str, dict[str, Any]] = {}
    for function, name in request.figures:
        values = [row.values[name] for row in rows if row.values.get(name) is not None]
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        known = {
            "count": len(flat),
            "distinct": len(set(map(str, flat))),
            "min": min(flat, key=str, default=None),
            "max": max(flat, key=str, default=None),
        }
        figures.setdefault(function, {})[name] = known.get(function)
    return figures
