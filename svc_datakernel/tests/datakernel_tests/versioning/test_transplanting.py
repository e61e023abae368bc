"""What becomes of a document that was changed here and elsewhere."""

from __future__ import annotations

from svc_datakernel.domain.transplanting import (
    Conflict,
    Strictness,
    Versions,
    merge_documents,
)


def _merged(document_id: str, before: bytes, after: bytes, here: bytes) -> bytes | Conflict | None:
    return merge_documents(Versions(document_id, before, after, here), Strictness())


def test_values_of_a_set_have_no_order() -> None:
    found = _merged("T/a", b'{"t":["b","c"]}', b'{"t":["b","c","d"]}', b'{"t":["a","b","c"]}')
    assert found == b'{"t":["a","b","c","d"]}'


def test_the_order_of_a_schemas_arrays_is_kept() -> None:
    before = b'{"@value":["z","a"],"c":"1"}'
    after = b'{"@value":["z","m","a"],"c":"1"}'
    found = _merged("@schema/Color", before, after, b'{"@value":["z","a"],"c":"2"}')
    assert found == b'{"@value":["z","m","a"],"c":"2"}'


def test_a_list_is_merged_in_its_order() -> None:
    found = _merged(
        "T/a",
        b'{"p":{"@list":["z","y"]}}',
        b'{"p":{"@list":["z","y","a"]}}',
        b'{"p":{"@list":["b","z","y"]}}',
    )
    assert found == b'{"p":{"@list":["b","z","y","a"]}}'


def test_a_conflict_says_what_was_expected_and_found() -> None:
    found = _merged("T/a", b'{"w":5}', b'{"w":10}', b'{"w":20}')
    assert isinstance(found, Conflict)
    assert found.details == {
        "@id": "T/a",
        "w": {"@op": "Conflict", "@expected": "5", "@found": "20"},
    }


def test_what_is_final_already_is_a_conflict_where_that_is_asked_for() -> None:
    versions = Versions("T/a", b'{"v":1,"w":5}', b'{"v":2,"w":6}', b'{"v":1,"w":6}')
    assert merge_documents(versions, Strictness()) == b'{"v":2,"w":6}'
    assert isinstance(merge_documents(versions, Strictness(match_final_state=False)), Conflict)


def test_a_document_that_is_gone_is_passed_over_only_where_that_is_asked_for() -> None:
    versions = Versions("T/a", b'{"v":1}', b'{"v":2}', None)
    assert isinstance(merge_documents(versions, Strictness()), Conflict)
    assert merge_documents(versions, Strictness(skips_missing=True)) is None
