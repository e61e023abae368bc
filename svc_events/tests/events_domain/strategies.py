"""Random valid events."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st
from svc_events.domain.events import (
    CORE,
    AttributeValue,
    CloudEvent,
    DataKind,
    EventData,
    Timestamp,
    Uri,
    UriReference,
)

_FORBIDDEN = {
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
}
_FORBIDDEN |= {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xFDD0, 0xFDF0))}

characters = st.characters(exclude_categories=("Cs",), exclude_characters="".join(_FORBIDDEN))
texts = st.text(characters, max_size=30)
words = st.text(characters, min_size=1, max_size=30)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20).filter(
    lambda name: name not in CORE and name != "data"
)
integers = st.integers(-(2**31), 2**31 - 1)
timestamps = st.builds(
    Timestamp.at,
    st.integers(-62_135_596_800, 253_402_300_799),
    st.integers(0, 999_999_999),
)
uris = st.sampled_from(["https://example.com/a?b#c", "urn:uuid:1", "mailto:a@b.c", "x:"])
references = st.one_of(uris, st.sampled_from(["/a/b", "1-555-123-4567", "?q", "#f", "a%20b"]))
values: st.SearchStrategy[AttributeValue] = st.one_of(
    st.booleans(),
    integers,
    texts,
    st.binary(max_size=30),
    uris.map(Uri),
    references.map(UriReference),
    timestamps,
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def _json_text(value: Any) -> str:
    return json.dumps(value).replace("Infinity", "1e999")


json_data = json_values.map(_json_text).map(EventData.text)
text_data = st.text(st.characters(exclude_categories=("Cs",)), max_size=40).map(EventData.text)
binary_data = st.binary(max_size=40).map(EventData)
contents = st.one_of(
    st.tuples(st.just("application/json"), json_data),
    st.tuples(st.just("application/vnd.x+json; charset=UTF-8"), json_data),
    st.tuples(st.none(), json_data),
    st.tuples(st.just("text/plain"), text_data),
    st.tuples(st.sampled_from([None, "image/png", "application/json"]), binary_data),
    st.tuples(st.sampled_from([None, "application/json"]), st.none()),
)


@st.composite
def events(draw: st.DrawFn, extensions: Any = values) -> CloudEvent:
    """An event; `extensions` are the values of its extensions."""
    content_type, data = draw(contents)
    return CloudEvent(
        id=draw(words),
        source=draw(references),
        type=draw(words),
        datacontenttype=content_type,
        dataschema=draw(st.none() | uris),
        subject=draw(st.none() | words),
        time=draw(st.none() | timestamps),
        extensions=draw(st.dictionaries(names, extensions, max_size=4)),
        data=data,
    )


def is_text(event: CloudEvent) -> bool:
    """Whether an event has text as its data."""
    return event.data is not None and event.data.kind is DataKind.TEXT
