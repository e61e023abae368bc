"""Reading documents: one, several, pages, templates, streams."""

from __future__ import annotations

from typing import Any

import pytest
from oms.datakernel.v1 import document_service_pb2 as pb

from oms_testing.kernel_conformance_client import (
    Capability,
    ConformancePart,
    Kernel,
    at,
    delete,
    insert,
    on,
    refusal,
    requires,
    upsert,
)

_PERSON = b'{"name":"Kim","age":41,"tags":["a","b"],"home":{"city":"Seoul","floor":1.0},"on":true}'

_TEMPLATES: dict[bytes, bool] = {
    b"": True,
    b"{}": True,
    b'{"name":"Kim"}': True,
    b'{"name":"Lee"}': False,
    b'{"missing":null}': False,
    b'{"home":{"city":"Seoul"}}': True,
    b'{"home":{"city":"Busan"}}': False,
    b'{"home":{}}': True,
    b'{"home":{"floor":1}}': True,
    b'{"age":41.00}': True,
    b'{"age":"41"}': False,
    b'{"tags":["a","b"]}': True,
    b'{"tags":["b","a"]}': False,
    b'{"tags":["a"]}': False,
    b'{"on":true}': True,
    b'{"on":1}': False,
    b'{"name":"Kim","age":40}': False,
}


class ReadingConformance(ConformancePart):
    """Reading documents."""

    async def test_several_documents_come_in_the_order_asked_for(self, kernel: Kernel) -> None:
        commit = await kernel.commit(*(insert(f"T/{n}", {"n": n}) for n in range(4)))
        await kernel.commit(delete("T/2"))
        request = pb.BatchGetDocumentsRequest(
            parent=kernel.name, document_ids=["T/3", "T/x", "T/2", "T/0", "T/3"]
        )
        found = await kernel.documents.BatchGetDocuments(request)
        assert [doc.document_id for doc in found.documents] == ["T/3", "T/0", "T/3"]
        assert list(found.missing_ids) == ["T/x", "T/2"]
        request.revision.CopyFrom(at(commit.commit_id))
        found = await kernel.documents.BatchGetDocuments(request)
        assert list(found.missing_ids) == ["T/x"]
        assert found.commit_id == commit.commit_id

    async def test_a_list_is_ordered_by_id_and_filtered_by_type(self, kernel: Kernel) -> None:
        ids = ["B/1", "A/2", "A/10", "a/1", "A/é", "A/가"]
        await kernel.commit(*(insert(document_id, {}) for document_id in ids))
        assert await kernel.ids() == sorted(ids)
        assert await kernel.ids(type="A") == ["A/10", "A/2", "A/é", "A/가"]
        assert await kernel.ids(type="C") == []

    @pytest.mark.parametrize("size", [1, 3, 10, 11])
    async def test_pages_hold_every_document_once(self, kernel: Kernel, size: int) -> None:
        ids = [f"T/{n}" for n in range(10)]
        await kernel.commit(*(insert(document_id, {}) for document_id in ids))
        await kernel.commit(delete("T/4"))
        assert await kernel.ids(page_size=size) == [i for i in ids if i != "T/4"]

    async def test_pages_show_the_commit_of_the_first_one(self, kernel: Kernel) -> None:
        await kernel.commit(*(insert(f"T/{n}", {}) for n in range(4)))
        request = pb.ListDocumentsRequest(parent=kernel.name, page_size=2)
        first = await kernel.documents.ListDocuments(request)
        await kernel.commit(delete("T/3"), insert("T/25", {}))
        request.page_token = first.next_page_token
        second = await kernel.documents.ListDocuments(request)
        assert [doc.document_id for doc in second.documents] == ["T/2", "T/3"]
        assert second.commit_id == first.commit_id
        assert not second.next_page_token

    async def test_a_page_token_of_another_query_is_refused(self, kernel: Kernel) -> None:
        await kernel.commit(*(insert(f"T/{n}", {}) for n in range(4)))
        request = pb.ListDocumentsRequest(parent=kernel.name, page_size=2)
        token = (await kernel.documents.ListDocuments(request)).next_page_token
        others: list[dict[str, Any]] = [{"type": "T"}, {"show_deleted": True}]
        for fields in others:
            other = pb.ListDocumentsRequest(parent=kernel.name, page_token=token, **fields)
            error = await refusal(kernel.documents.ListDocuments(other))
            assert error.reason == "INVALID_PAGE_TOKEN"
        damaged = pb.ListDocumentsRequest(parent=kernel.name, page_token=token[:-6])
        error = await refusal(kernel.documents.ListDocuments(damaged))
        assert error.reason == "INVALID_PAGE_TOKEN"

    async def test_pages_go_on_after_the_longest_ids(self, kernel: Kernel) -> None:
        ids = ["가" * 511 + last for last in "가나다"]
        await kernel.commit(*(insert(document_id, {}, type="T") for document_id in ids))
        assert await kernel.ids(page_size=1) == ids

    async def test_a_page_of_large_documents_is_cut_at_a_mebibyte(self, kernel: Kernel) -> None:
        await kernel.commit(*(insert(f"T/{n}", {"x": "y" * 400_000}) for n in range(5)))
        page = await kernel.documents.ListDocuments(pb.ListDocumentsRequest(parent=kernel.name))
        assert len(page.documents) == 2
        assert page.next_page_token
        assert len(await kernel.ids()) == 5

    @pytest.mark.parametrize(("template", "matches"), _TEMPLATES.items())
    async def test_a_query_finds_what_contains_its_template(
        self, kernel: Kernel, template: bytes, matches: bool
    ) -> None:
        await kernel.commit(insert("P/kim", _PERSON), insert("Q/none", {"x": 1}))
        request = pb.QueryDocumentsRequest(
            parent=kernel.name, type="P", template_json=template, revision=on("main")
        )
        found = await kernel.documents.QueryDocuments(request)
        assert [doc.document_id for doc in found.documents] == (["P/kim"] if matches else [])

    @requires(Capability.EXACT_NUMBERS)
    async def test_a_query_compares_numbers_exactly(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", b'{"n":9007199254740993}'))
        for number, is_found in ((b"9007199254740993.0", True), (b"9007199254740992", False)):
            request = pb.QueryDocumentsRequest(
                parent=kernel.name, template_json=b'{"n":' + number + b"}"
            )
            found = await kernel.documents.QueryDocuments(request)
            assert bool(found.documents) == is_found

    async def test_a_query_pages_through_its_matches(self, kernel: Kernel) -> None:
        await kernel.commit(*(insert(f"T/{n:03}", {"even": n % 2 == 0}) for n in range(300)))
        request = pb.QueryDocumentsRequest(
            parent=kernel.name, template_json=b'{"even":true}', page_size=40
        )
        found: list[str] = []
        while True:
            page = await kernel.documents.QueryDocuments(request)
            found += [document.document_id for document in page.documents]
            if not page.next_page_token:
                break
            assert len(page.documents) == 40
            request.page_token = page.next_page_token
        assert found == [f"T/{n:03}" for n in range(0, 300, 2)]

    async def test_a_broken_template_is_refused(self, kernel: Kernel) -> None:
        request = pb.QueryDocumentsRequest(parent=kernel.name, template_json=b"[]")
        error = await refusal(kernel.documents.QueryDocuments(request))
        assert error.reason == "INVALID_DOCUMENT"

    async def test_a_stream_reads_one_commit_whatever_happens_meanwhile(
        self, kernel: Kernel
    ) -> None:
        ids = [f"T/{n:04}" for n in range(1200)]
        commit = await kernel.commit(*(insert(i, {}) for i in ids), insert("U/1", {}))
        request = pb.StreamDocumentsRequest(parent=kernel.name, types=["T", "V"])
        received: list[str] = []
        async for part in kernel.documents.StreamDocuments(request):
            if not received:
                await kernel.commit(upsert("T/9999", {}), delete("T/1199"))
            assert part.commit_id == commit.commit_id
            assert len(part.documents) <= 500
            received += [document.document_id for document in part.documents]
        assert received == ids

    async def test_an_empty_stream_tells_its_commit(self, kernel: Kernel) -> None:
        request = pb.StreamDocumentsRequest(parent=kernel.name)
        parts = [part async for part in kernel.documents.StreamDocuments(request)]
        assert [(part.commit_id, list(part.documents)) for part in parts] == [
            (await kernel.head(), [])
        ]

    async def test_every_commit_stays_readable_as_it_was(self, kernel: Kernel) -> None:
        made = [
            await kernel.commit(upsert("T/x", {"n": n}), insert(f"T/{n}", {})) for n in range(20)
        ]
        for number, commit in enumerate(made):
            state = await kernel.state(revision=at(commit.commit_id))
            assert state["T/x"] == {"n": number}
            assert len(state) == number + 2
