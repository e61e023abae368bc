"""The differences of documents."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from svc_events.domain.relay.diff import DiffOp, FieldDiff, field_diff
from svc_events.domain.relay.slices import items, members

from . import examples
from .examples import documents, parse, write


def applied(entries: list[FieldDiff], document: Any) -> Any:
    """A document after every entry was applied in order, as RFC 6902 says."""
    holder = {"": document}
    for entry in entries:
        parent: Any = holder
        *way, last = entry.path.split("/")
        for step in way:
            parent = parent[_key(parent, step)]
        key = _key(parent, last)
        if entry.op is DiffOp.ADD:
            assert entry.after is not None
            assert entry.before is None
            if isinstance(parent, list):
                assert key <= len(parent)
                parent.insert(key, parse(entry.after))
            else:
                assert key not in parent
                parent[key] = parse(entry.after)
            continue
        assert entry.before == write(parent[key])
        if entry.op is DiffOp.REMOVE:
            assert entry.after is None
            del parent[key]
        else:
            assert entry.after is not None
            parent[key] = parse(entry.after)
    return holder[""]


def _key(parent: Any, step: str) -> Any:
    return int(step) if isinstance(parent, list) else step.replace("~1", "/").replace("~0", "~")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(documents, documents)
def test_a_diff_applied_to_before_gives_after(before: Any, after: Any) -> None:
    old, new = write(before), write(after)
    entries = list(field_diff(old, new))
    assert write(applied(entries, parse(old))) == new
    assert bool(entries) == (old != new)


@given(documents)
def test_members_are_cut_out_as_they_stand(document: Any) -> None:
    text = write(document)
    found = members(text)
    assert found is not None
    assert found == {name: write(value) for name, value in document.items()}
    spaced = " {\n" + ",\t".join(f"{write(k)} : {write(v)} " for k, v in document.items()) + "} "
    assert members(spaced.strip()) == found
    assert items(write([*document.values()])) == [write(value) for value in document.values()]


def test_what_is_no_object_has_no_members() -> None:
    assert members("[1]") is None
    assert items("{}") is None
    assert members("1") is None


def test_only_what_differs_is_told() -> None:
    before = '{"a":{"x":1,"y":[1,2,3]},"b":1.0,"c":"same"}'
    after = '{"a":{"x":1,"y":[1,9,2,3]},"b":1.00,"c":"same","d/e":null}'
    assert list(field_diff(before, after)) == [
        FieldDiff("/a/y/1", DiffOp.ADD, None, "9"),
        FieldDiff("/b", DiffOp.REPLACE, "1.0", "1.00"),
        FieldDiff("/d~1e", DiffOp.ADD, None, "null"),
    ]


def test_items_that_went_are_removed_from_the_back() -> None:
    assert list(field_diff('{"a":[1,2,3,4]}', '{"a":[1,4]}')) == [
        FieldDiff("/a/2", DiffOp.REMOVE, "3", None),
        FieldDiff("/a/1", DiffOp.REMOVE, "2", None),
    ]


def test_a_number_of_any_length_keeps_its_digits() -> None:
    number = "1" * 10_000
    (entry,) = field_diff('{"a":1}', f'{{"a":{number}}}')
    assert entry.after == number
    assert examples.parse(f'{{"a":{number}}}')["a"] == number
