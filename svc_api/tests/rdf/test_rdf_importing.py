"""An import meets a branch that moves while the file is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from oms_core.errors import StaleHead
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.adapters.rdf.importing import Importer, ImportOrder
from svc_api.adapters.rdf.processes import ReadFile
from svc_api.domain.elements import StoredElement
from svc_api.domain.imports import ImportedOntology, ImportOutcome, ImportReport
from svc_api.domain.snapshot import Snapshot

ORDER = ImportOrder(
    ontology="zoo",
    branch="",
    rdf_format=RdfFormat.TURTLE,
    delete_missing=True,
    expected_head="",
    message="",
    request_id="",
    fingerprint=b"",
    validate_only=False,
)


def _snapshot(commit_id: str, element_id: str) -> Snapshot:
    body = {"iri": "http://e/A"}
    return Snapshot.of("zoo", commit_id, [StoredElement("objectTypes", element_id, body)])


@dataclass
class MovingStore:
    """A branch that moves on before each of the first `moves` writes."""

    moves: int
    heads: list[str] = field(default_factory=list)

    async def snapshot(self, _ontology: str, _revision: Any) -> Snapshot:
        return _snapshot(f"c{len(self.heads)}", f"A{len(self.heads)}")

    async def replace(self, *_arguments: Any, expected_head: str, **_more: Any) -> ImportOutcome:
        self.heads.append(expected_head)
        if len(self.heads) <= self.moves and expected_head:
            raise StaleHead.of("main", expected_head, "moved")
        return ImportOutcome("done", False, [])


@dataclass
class CountingReader:
    """Notes for which ids a file was read."""

    known: list[KnownIds] = field(default_factory=list)

    async def read(self, _file: int, _format: RdfFormat, known: KnownIds) -> ReadFile:
        self.known.append(known)
        return ReadFile(ImportedOntology({}, []), False, ImportReport(1, 1, ()))


async def _run(moves: int, order: ImportOrder = ORDER) -> tuple[MovingStore, CountingReader]:
    store: Any = MovingStore(moves)
    reader: Any = CountingReader()
    await Importer(store, reader).run(order, 0, await store.snapshot("zoo", None))
    return store, reader


async def test_import_is_pinned_to_the_head_its_ids_come_from() -> None:
    store, reader = await _run(0)
    assert store.heads == ["c0"]
    assert len(reader.known) == 1


async def test_file_is_mapped_anew_when_other_ids_are_on_the_branch() -> None:
    store, reader = await _run(1)
    assert store.heads == ["c0", "c1"]
    assert [one.classes["http://e/A"] for one in reader.known] == ["A0", "A1"]


async def test_import_goes_ahead_on_a_branch_that_never_rests() -> None:
    store, _ = await _run(99)
    assert store.heads == ["c0", "c1", ""]


async def test_head_that_the_caller_expects_is_not_looked_up_again() -> None:
    order = replace(ORDER, expected_head="x")
    with pytest.raises(StaleHead):
        await _run(99, order)
