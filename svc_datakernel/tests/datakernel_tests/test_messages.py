"""What errors say to people."""

from __future__ import annotations

import pytest
from svc_datakernel.domain.merging import merge_conflict
from svc_datakernel.domain.transplanting import Conflict, patch_conflict
from svc_datakernel.domain.wording import counted


@pytest.mark.parametrize(
    ("ids", "begin"), [(["a"], "1 document was "), (["a", "b"], "2 documents were ")]
)
def test_conflicts_are_counted_in_the_right_number(ids: list[str], begin: str) -> None:
    assert merge_conflict(ids, "commit x", "main").message.startswith(begin)


def test_patch_conflicts_are_counted_in_the_right_number() -> None:
    one = [Conflict("a", {})]
    assert patch_conflict(one, "the patch").message.startswith("1 document is not ")
    assert patch_conflict(one * 2, "the patch").message.startswith("2 documents are not ")
    assert counted(0, "value", "values") == "0 values"
