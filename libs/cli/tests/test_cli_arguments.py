from __future__ import annotations

from datetime import timedelta

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oms.common.v1.revision_pb2 import Revision
from oms_cli.revisions import ID, REVISION, TTL

COMMIT = "0123456789abcdef" * 4


def revision(text: str) -> Revision:
    return REVISION.convert(text, None, None)


def test_a_revision_is_a_branch():
    assert revision("main") == Revision(branch="main")
    assert revision("feature-1.x_y") == Revision(branch="feature-1.x_y")


def test_a_revision_is_a_commit():
    assert revision(COMMIT) == Revision(commit=COMMIT)


@pytest.mark.parametrize(
    ("text", "branch", "time"),
    [
        ("main@2026-01-31T12:00:00Z", "main", "2026-01-31T12:00:00Z"),
        ("dev@2026-01-31T21:00:00+09:00", "dev", "2026-01-31T12:00:00Z"),
        ("@2026-01-31T12:00:00.250Z", "main", "2026-01-31T12:00:00.250Z"),
    ],
)
def test_a_revision_is_a_branch_at_a_time(text, branch, time):
    read = revision(text)
    assert (read.branch, read.time.ToJsonString()) == (branch, time)


@pytest.mark.parametrize(
    "text", ["", "-x", "a/b", "main@", "main@yesterday", "main@2026-01-31", "b" * 101, "é"]
)
def test_another_text_is_no_revision(text):
    with pytest.raises(click.BadParameter):
        revision(text)


@given(st.text())
def test_any_text_is_a_revision_or_a_usage_error(text):
    try:
        read = revision(text)
    except click.BadParameter:
        return
    assert bool(read.commit) != bool(read.branch)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("8h", 28800)]
)
def test_a_length_of_time_has_a_unit(text, seconds):
    assert TTL.convert(text, None, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "h", "1d", "-1s", "1.5h", "9999999999s"])
def test_another_text_is_no_length_of_time(text):
    with pytest.raises(click.BadParameter):
        TTL.convert(text, None, None)


def test_an_id_may_be_given_as_a_resource_name():
    assert ID.convert("Zone", None, None) == "Zone"
    assert ID.convert("ontologies/brick/objectTypes/Zone", None, None) == "Zone"
    with pytest.raises(click.BadParameter):
        ID.convert("ontologies/", None, None)
