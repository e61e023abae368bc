"""Writing documents: what is stored, what is refused, what is kept of a deletion."""

from __future__ import annotations

import pytest

from oms_testing.kernel_conformance_client import (
    Capability,
    ConformancePart,
    Kernel,
    at,
    delete,
    insert,
    refusal,
    replace,
    requires,
    upsert,
)

_DEEPEST = b'{"a":' * 64 + b"1" + b"}" * 64

_REFUSED = {
    "an array": b"[1]",
    "a text": b'"x"',
    "no JSON": b"{x}",
    "something after it": b"{} {}",
    "a duplicate key": b'{"a":1,"a":1}',
    "a duplicate key inside": b'{"a":[{"b":1,"b":2}]}',
    "not a number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a reserved key with _": b'{"_created_by":"me"}',
    "a reserved key with @": b'{"@id":"x"}',
    "65 levels": b'{"a":' * 65 + b"1" + b"}" * 65,
    "65 levels and spaces": b'{"a": ' * 65 + b"1" + b"}" * 65,
    "a million open brackets": b"[" * 1_000_000,
    "half a surrogate pair": b'{"a":"\\ud800"}',
    "bytes that are not UTF-8": b'{"a":"\xff"}',
    "a raw control character": b'{"a":"\x01"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
}

_KEPT = {
    "the deepest": (_DEEPEST, _DEEPEST),
    "sorted keys": (b'{"b":1,"a":{"d":1,"c":2}}', b'{"a":{"c":2,"d":1},"b":1}'),
    "no whitespace": (b' { "a" : [ 1 , 2 ] } ', b'{"a":[1,2]}'),
    "escapes": (b'{"\\u0061":"\\u00e9\\n\\/"}', '{"a":"é\\n/"}'.encode()),
    "other scripts": ('{"이름":"서울 🏙"}'.encode(), '{"이름":"서울 🏙"}'.encode()),
    "reserved keys below the top": (b'{"a":{"_b":1,"@c":2}}', b'{"a":{"@c":2,"_b":1}}'),
    "an empty object": (b"{}", b"{}"),
}

_NUMBERS = (
    b"9007199254740993",
    b"-9223372036854775809",
    b"123456789012345678901234567890.123456789012345678901234567890",
    b"1.10",
    b"1e400",
    b"1E+2",
    b"-0",
    b"0.1",
)


class DocumentConformance(ConformancePart):
    """Writing documents."""

    @pytest.mark.parametrize("raw", _REFUSED.values(), ids=_REFUSED.keys())
    async def test_a_document_that_breaks_a_rule_is_refused(
        self, kernel: Kernel, raw: bytes
    ) -> None:
        error = await refusal(kernel.commit(insert("T/ok", {}), insert("T/x", raw)))
        assert error.reason == "INVALID_DOCUMENT"
        assert error.metadata["document"] == "T/x"
        assert await kernel.ids() == []

    @pytest.mark.parametrize(("raw", "kept"), _KEPT.values(), ids=_KEPT.keys())
    async def test_a_document_is_answered_in_canonical_form(
        self, kernel: Kernel, raw: bytes, kept: bytes
    ) -> None:
        await kernel.commit(insert("T/x", raw))
        assert (await kernel.get("T/x")).json == kept

    @requires(Capability.EXACT_NUMBERS)
    async def test_numbers_keep_every_digit(self, kernel: Kernel) -> None:
        raw = b'{"n":[' + b",".join(_NUMBERS) + b"]}"
        await kernel.commit(insert("T/x", raw))
        assert (await kernel.get("T/x")).json == raw

    async def test_insert_over_a_document_is_refused(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}))
        error = await refusal(kernel.commit(insert("T/x", {"n": 2})))
        assert error.reason == "RESOURCE_ALREADY_EXISTS"
        assert error.metadata == {"resource_type": "document", "resource_name": "T/x"}
        assert await kernel.value("T/x") == {"n": 1}

    @pytest.mark.parametrize(
        "operation", [replace("T/x", {}), delete("T/x")], ids=["replace", "delete"]
    )
    async def test_what_is_not_there_can_be_neither_replaced_nor_deleted(
        self, kernel: Kernel, operation: object
    ) -> None:
        error = await refusal(kernel.create_commit(operation))  # pyright: ignore[reportArgumentType]
        assert error.reason == "RESOURCE_NOT_FOUND"
        assert error.metadata == {"resource_type": "document", "resource_name": "T/x"}

    async def test_upsert_creates_and_replaces(self, kernel: Kernel) -> None:
        await kernel.commit(upsert("T/x", {"n": 1}))
        await kernel.commit(upsert("T/x", {"n": 2}))
        assert await kernel.value("T/x") == {"n": 2}

    async def test_one_refused_operation_leaves_nothing_of_the_commit(self, kernel: Kernel) -> None:
        before = await kernel.commit(insert("T/a", {"n": 1}))
        operations = [replace("T/a", {"n": 2}), insert("T/b", {}), delete("T/missing")]
        assert (await refusal(kernel.commit(*operations))).reason == "RESOURCE_NOT_FOUND"
        assert await kernel.state() == {"T/a": {"n": 1}}
        assert await kernel.head() == before.commit_id

    async def test_a_document_twice_in_one_commit_is_refused(self, kernel: Kernel) -> None:
        error = await refusal(kernel.commit(insert("T/x", {}), delete("T/x")))
        assert error.reason == "INVALID_FIELD"

    async def test_an_etag_changes_with_the_content_and_guards_it(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}))
        first = (await kernel.get("T/x")).etag
        await kernel.commit(replace("T/x", {"n": 2}, etag=first))
        second = (await kernel.get("T/x")).etag
        assert first != second
        for operation in (replace("T/x", {"n": 3}, etag=first), delete("T/x", etag=first)):
            error = await refusal(kernel.commit(operation))
            assert error.reason == "STALE_ETAG"
            assert error.metadata["resource_name"] == "T/x"
            assert error.metadata["actual_etag"] == second
        await kernel.commit(delete("T/x", etag=second))
        assert await kernel.ids() == []

    async def test_a_type_can_change(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}))
        old = (await kernel.get("T/x")).etag
        await kernel.commit(replace("T/x", {"n": 1}, type="Other"))
        document = await kernel.get("T/x")
        assert (document.type, document.etag == old) == ("Other", False)
        assert await kernel.ids(type="T") == []
        assert await kernel.ids(type="Other") == ["T/x"]

    async def test_a_softly_deleted_document_can_still_be_shown(self, kernel: Kernel) -> None:
        await kernel.commit(insert("T/x", {"n": 1}))
        before = await kernel.get("T/x")
        await kernel.commit(delete("T/x"))
        assert (await refusal(kernel.get("T/x"))).reason == "RESOURCE_NOT_FOUND"
        shown = await kernel.get("T/x", show_deleted=True)
        assert (shown.json, shown.audit.deleted) == (before.json, True)
        assert shown.etag != before.etag
        assert shown.audit.deleted_by == shown.audit.updated_by == before.audit.created_by
        assert shown.audit.HasField("deleted_at")
        assert await kernel.ids() == []
        assert await kernel.ids(show_deleted=True) == ["T/x"]
        assert (await refusal(kernel.commit(delete("T/x")))).reason == "RESOURCE_NOT_FOUND"

    @requires(Capability.HARD_DELETE)
    async def test_a_hard_deletion_leaves_no_trace_at_the_head(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", {"n": 1}), insert("T/y", {}))
        await kernel.commit(delete("T/y"))
        await kernel.commit(delete("T/x", hard=True), delete("T/y", hard=True))
        assert await kernel.ids(show_deleted=True) == []
        assert (await refusal(kernel.get("T/x", show_deleted=True))).reason == "RESOURCE_NOT_FOUND"
        assert await kernel.value("T/x", revision=at(first.commit_id)) == {"n": 1}

    async def test_insert_brings_a_softly_deleted_document_back(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", {"n": 1}))
        await kernel.commit(delete("T/x"))
        again = await kernel.commit(insert("T/x", {"n": 1}))
        document = await kernel.get("T/x")
        assert not document.audit.deleted
        assert document.audit.created_at == again.commit_time
        assert first.commit_id != again.commit_id

    async def test_who_created_a_document_stays_when_it_changes(self, kernel: Kernel) -> None:
        first = await kernel.commit(insert("T/x", {"n": 1}))
        second = await kernel.commit(replace("T/x", {"n": 2}))
        audit = (await kernel.get("T/x")).audit
        assert audit.created_at == first.commit_time
        assert audit.updated_at == second.commit_time
        assert audit.created_by == audit.updated_by != ""
        assert audit.created_by_username == audit.updated_by_username != ""
        assert not audit.deleted_by
