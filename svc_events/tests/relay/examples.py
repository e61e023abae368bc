"""Documents, commits and changes for the tests of the relay."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from svc_events.domain.events import Timestamp
from svc_events.domain.relay.feed import Change, FeedChange, FeedCommit, SourceDatabase
from svc_events.domain.relay.translation import Style

STYLE = Style("http://oms.example", 1_000_000)
BRICK = SourceDatabase("brick", "ontology", "Brick", Timestamp("2026-01-31T12:00:00Z"))
PLANTS = SourceDatabase("plants", "", "Plants", Timestamp("2026-01-31T12:00:00Z"))


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


def parse(text: str) -> Any:
    """JSON without losing a digit."""
    return json.loads(text, parse_int=Number, parse_float=Number)


def write(value: Any) -> str:
    """JSON in the kernel's canonical form: members sorted, numbers as they were."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{write(str(name))}:{write(value[name])}" for name in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(write, value))}]"
    return json.dumps(value, ensure_ascii=False)


numbers = st.one_of(
    st.integers().map(Number),
    st.sampled_from(["1.0", "1.00", "1e5", "-0", "9007199254740993", "0." + "1" * 40]).map(Number),
    st.just(Number("7" * 5000)),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(texts | st.sampled_from("a/~"), inner, max_size=4),
    ),
    max_leaves=6,
)
documents = st.dictionaries(st.sampled_from(["a", "b", "c/d", "~e", ""]), values, max_size=4)


def commit(number: int = 7, count: int = 1, **fields: Any) -> FeedCommit:
    """A commit that changed `count` documents."""
    given: dict[str, Any] = {
        "id": f"{number:064x}",
        "parents": (f"{number - 1:064x}",),
        "author": "alice.smith (alice123)|verified|ts:2026-02-01T08:00:00Z",
        "message": "Add zones",
        "time": Timestamp("2026-02-01T08:00:00.000123Z"),
        "branch": "main",
        "sequence": number,
        "change_count": count,
    }
    return FeedCommit(**(given | fields))


def change(
    document_id: str = "ObjectType/Zone", before: str | None = '{"a":1}', after: str | None = "{}"
) -> FeedChange:
    """A change from one content to another."""
    what = Change.CREATED if before is None else Change.DELETED if after is None else Change.UPDATED
    return FeedChange(
        document_id,
        document_id.partition("/")[0],
        what,
        before,
        after,
        "" if before is None else "b" * 32,
        "" if after is None else "a" * 32,
    )
