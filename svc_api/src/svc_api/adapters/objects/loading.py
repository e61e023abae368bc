"""Loads rows as objects or links: judged one by one, stored together."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from oms.common.v1.revision_pb2 import Revision
from oms_core.errors import ResourceNotFound, SchemaViolation, StaleHead

from svc_api.adapters.kernel import MAIN_BRANCH
from svc_api.adapters.objects.files import read_rows
from svc_api.adapters.objects.store import ObjectDraft, ObjectStore
from svc_api.adapters.writing import find_earlier
from svc_api.domain.objects.changes import (
    LinkChange,
    ObjectChange,
    Operation,
    type_error,
)
from svc_api.domain.objects.checking import REFERENCE
from svc_api.domain.objects.model import LinkKey, Ref, StoredObject, object_name, parse_ref
from svc_api.domain.objects.rows import (
    Existing,
    Layout,
    Outcome,
    Row,
    full_reference,
    judge_objects,
    read_object,
    references,
    text_cell,
)
from svc_api.domain.objects.types import Catalogue, LinkTypeDef

_ROWS_A_COMMIT = 10_000
_MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """What to load, and how. `collection` is `objectTypes` or `linkTypes`."""

    ontology: str
    branch: str
    collection: str
    element_id: str
    layout: Layout
    is_csv: bool
    is_best_effort: bool
    existing: Existing
    expected_head: str
    message: str
    request_id: str
    fingerprint: bytes
    validate_only: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load came to."""

    commit_id: str
    is_stored: bool
    rows: Sequence[Row]


class Loader:
    """Loads files into ontologies."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def load(self, order: LoadOrder, file: IO[bytes]) -> Loaded:
        """Loads a file.

        A load that is repeated is judged by what it was judged by the first time, so it comes to
        the same; commits that were made are found by their request ids, others are made.

        Raises:
            RequestIdReused: another load made a commit under that id.
            ParseError: the file as a whole can't be read.
            ResourceNotFound: there is no such ontology, branch or type.
            StaleHead: the branch is elsewhere, or moved while rows were stored.
            LimitExceeded: too many rows.
        """
        await self._store.ontologies.require(order.ontology)
        start = await self._start(order)
        catalogue = await self._store.catalogue(order.ontology, start.commit_id)
        _require(order, catalogue)
        rows = await asyncio.to_thread(read_rows, file, is_csv=order.is_csv)
        if order.collection == "linkTypes":
            return await self._load_links(order, start, catalogue, rows)
        return await self._load_objects(order, start, catalogue, rows)

    async def _start(self, order: LoadOrder) -> _Start:
        ontologies = self._store.ontologies
        if order.request_id and not order.validate_only:
            earlier = await find_earlier(
                ontologies.kernel, order.ontology, order.request_id, order.fingerprint
            )
            if earlier is not None:
                return _Start(earlier.parents[0], is_repeated=True)
        branch = Revision(branch=order.branch or MAIN_BRANCH)
        head = (await ontologies.kernel.resolve(order.ontology, branch)).commit_id
        if order.expected_head not in {"", head}:
            raise StaleHead.of(branch.branch, order.expected_head, head)
        return _Start(head, is_repeated=False)

    async def _load_objects(
        self, order: LoadOrder, start: _Start, catalogue: Catalogue, rows: Sequence[Row]
    ) -> Loaded:
        type_ = catalogue.type(order.element_id)
        assert type_ is not None, "required before"

        def read() -> set[Ref]:
            for row in rows:
                if row.outcome is None:
                    read_object(row, type_, catalogue, order.layout)
            own = {Ref(type_.id, row.object_id) for row in rows if row.outcome is None}
            return own | references((row for row in rows if row.outcome is None), type_)

        refs = await asyncio.to_thread(read)
        known = await self._store.get(order.ontology, start.commit_id, sorted(refs))
        await asyncio.to_thread(judge_objects, rows, type_, known, order.existing)
        changes = [_change(order, row) for row in rows if row.outcome in _STORED]
        if not _may_store(order, rows):
            return Loaded(start.commit_id, False, rows)
        ordered = _referred_first(changes, known, order.element_id)
        return Loaded(await self._store_all(order, start, ordered, []), True, rows)

    async def _load_links(
        self, order: LoadOrder, start: _Start, catalogue: Catalogue, rows: Sequence[Row]
    ) -> Loaded:
        definition = catalogue.link_type(order.element_id)
        assert definition is not None, "required before"
        head = start.commit_id
        links = {row.line: _link(row, definition) for row in rows if row.outcome is None}
        read = [link for link in links.values() if link is not None]
        known = await self._store.get(
            order.ontology, head, sorted({ref for link in read for ref in link[1:]})
        )
        world = await self._store.world(order.ontology, head, types=(), links=[definition.id])
        there = world.links[definition.id].has
        _judge_links(rows, links, lambda link: there(link.source, link.target), known, order)
        if not await self._fit_bounds(order, head, rows, links) or not _may_store(order, rows):
            return Loaded(head, False, rows)
        standing = _standing(rows, links)
        return Loaded(await self._store_all(order, start, [], standing), True, rows)

    async def _fit_bounds(
        self,
        order: LoadOrder,
        head: str,
        rows: Sequence[Row],
        links: dict[int, LinkKey | None],
    ) -> bool:
        """Fails the rows of objects that would have more links than they may; until all fit."""
        for _ in range(_MOST_ROUNDS):
            standing = _standing(rows, links)
            if not standing:
                return True
            try:
                await self._store.check(_draft(order, [], standing), head)
            except SchemaViolation as exc:
                told = {violation.subject: violation.description for violation in exc.preconditions}
                for row in rows:
                    link = links.get(row.line)
                    if row.outcome is Outcome.CREATED and link is not None:
                        _fail_named(row, link, order.ontology, told)
            else:
                return True
        return False

    async def _store_all(
        self,
        order: LoadOrder,
        start: _Start,
        objects: Sequence[ObjectChange],
        links: Sequence[LinkChange],
    ) -> str:
        """Stores everything, in one commit or several; answers the id of the last one."""
        commit_id, size = start.commit_id, _batch(order)
        for number, first in enumerate(range(0, len(objects) + len(links), size)):
            draft = _draft(
                order,
                objects[first : first + size],
                links[first : first + size],
                # A load that is repeated goes on on whatever the branch holds now.
                expected_head="" if start.is_repeated else commit_id,
                request_id=_request_id(order, number),
            )
            commit_id = (await self._store.apply(draft)).commit_id
        return commit_id


@dataclass(frozen=True, slots=True)
class _Start:
    """The commit that rows are judged by, and whether that was done before."""

    commit_id: str
    is_repeated: bool


def _draft(
    order: LoadOrder,
    objects: Sequence[ObjectChange],
    links: Sequence[LinkChange],
    *,
    expected_head: str = "",
    request_id: str = "",
) -> ObjectDraft:
    count = len(objects) + len(links)
    return ObjectDraft(
        order.ontology,
        order.branch,
        objects,
        links,
        expected_head=expected_head,
        message=order.message or f"Load {count} rows of {order.element_id}",
        request_id=request_id,
        fingerprint=order.fingerprint,
    )


def _request_id(order: LoadOrder, number: int) -> str:
    """The request id of one of several commits of a load."""
    if not order.request_id or not number:
        return order.request_id
    return hashlib.sha256(f"{order.request_id}\n{number}".encode()).hexdigest()


_STORED = {Outcome.CREATED, Outcome.UPDATED}


def _require(order: LoadOrder, catalogue: Catalogue) -> None:
    if order.collection == "linkTypes":
        if catalogue.link_type(order.element_id) is None:
            name = f"ontologies/{order.ontology}/linkTypes/{order.element_id}"
            raise ResourceNotFound.of("link_type", name)
        return
    error = type_error(order.ontology, catalogue, Ref(order.element_id, ""), "parent")
    if error is not None:
        raise error


def _may_store(order: LoadOrder, rows: Sequence[Row]) -> bool:
    failed = any(row.outcome is Outcome.FAILED for row in rows)
    return not order.validate_only and (order.is_best_effort or not failed)


def _batch(order: LoadOrder) -> int:
    return _ROWS_A_COMMIT if order.is_best_effort else 1_000_000


def _change(order: LoadOrder, row: Row) -> ObjectChange:
    ref = Ref(order.element_id, row.object_id)
    path = f"line {row.line}"
    if order.existing is Existing.UPDATE:
        return ObjectChange(
            Operation.UPDATE,
            ref,
            row.values,
            frozenset(row.values),
            is_lenient=True,
            path=path,
        )
    is_new = order.existing in {Existing.FAIL, Existing.SKIP}
    operation = Operation.CREATE if is_new else Operation.UPSERT
    return ObjectChange(operation, ref, row.values, path=path)


def _referred_first(
    changes: Sequence[ObjectChange], known: dict[Ref, StoredObject | None], type_id: str
) -> Sequence[ObjectChange]:
    """Changes in an order in which those that others refer to come first, so that every
    commit of several is sound."""
    if len(changes) <= _ROWS_A_COMMIT:
        return changes
    by_ref = {change.ref: change for change in changes}
    done: dict[Ref, None] = {}
    for start in changes:
        stack = [start.ref]
        visiting: set[Ref] = set()
        while stack:
            ref = stack[-1]
            if ref in done:
                stack.pop()
                continue
            visiting.add(ref)
            following = [
                other
                for other in _refs_in(by_ref[ref], type_id)
                if other in by_ref and other not in done and other not in visiting
            ]
            if following:
                stack.append(following[0])
            else:
                done[ref] = None
                stack.pop()
    return [by_ref[ref] for ref in done]


def _refs_in(change: ObjectChange, type_id: str) -> Iterable[Ref]:
    prefix = f"{type_id}/"
    for value in change.values.values():
        for entry in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType] - JSON
            if isinstance(entry, str) and entry.startswith(prefix):
                yield parse_ref(entry)


def _link(row: Row, definition: LinkTypeDef) -> LinkKey | None:
    ends: list[Ref] = []
    for column, types in (("source", definition.sources), ("target", definition.targets)):
        text = full_reference(text_cell(row, column), sorted(types))
        if not REFERENCE.fullmatch(text):
            row.fail(column, f"expected an object such as 'Country/KR', found {text!r}")
        else:
            ends.append(parse_ref(text))
            if ends[-1].type not in types:
                allowed = ", ".join(sorted(types)[:20]) or "none"
                row.fail(column, f"expected a {column} of {allowed}, found {text!r}")
    return LinkKey(definition.id, *ends) if row.outcome is None else None


def _judge_links(
    rows: Sequence[Row],
    links: dict[int, LinkKey | None],
    is_there: Callable[[LinkKey], bool],
    known: dict[Ref, StoredObject | None],
    order: LoadOrder,
) -> None:
    first: dict[LinkKey, int] = {}
    for row in rows:
        link = links.get(row.line)
        if link is None or row.outcome is not None:
            continue
        earlier = first.setdefault(link, row.line)
        if earlier != row.line:
            row.fail("", f"the same link is on line {earlier} too")
            continue
        for column, ref in (("source", link.source), ("target", link.target)):
            if known.get(ref) is None:
                row.fail(column, f"there is no object {ref}")
        if row.outcome is None:
            row.outcome = _link_outcome(order.existing, is_there=is_there(link))
            if row.outcome is Outcome.FAILED:
                row.fail("", f"there is the link {link} already")


def _link_outcome(existing: Existing, *, is_there: bool) -> Outcome:
    if not is_there:
        return Outcome.CREATED
    if existing is Existing.FAIL:
        return Outcome.FAILED
    return Outcome.SKIPPED if existing is Existing.SKIP else Outcome.UNCHANGED


def _standing(rows: Sequence[Row], links: dict[int, LinkKey | None]) -> list[LinkChange]:
    return [
        LinkChange(link, is_made=True, is_strict=False, path=f"line {row.line}")
        for row in rows
        if row.outcome is Outcome.CREATED and (link := links.get(row.line)) is not None
    ]


def _fail_named(row: Row, link: LinkKey, ontology: str, told: dict[str, str]) -> None:
    for column, ref in (("source", link.source), ("target", link.target)):
        description = told.get(object_name(ontology, ref))
        if description is not None:
            row.fail(column, description)
