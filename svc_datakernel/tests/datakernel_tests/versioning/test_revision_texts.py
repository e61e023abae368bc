"""How revisions are named in errors."""

import pytest
from svc_datakernel.domain.model import Revision


@pytest.mark.parametrize(
    ("revision", "text"),
    [
        (Revision(), "branch 'main'"),
        (Revision(tag="v1"), "tag 'v1'"),
        (Revision(time_us=1_793_491_200_000_001), "branch 'main' at 2026-11-01T00:00:00.000001Z"),
        (Revision("a", time_us=-(10**18)), "branch 'a' at -1000000000000000000 µs since 1970"),
    ],
)
def test_a_revision_is_named_as_people_write_it(revision, text):
    assert str(revision) == text
