"""The test suite of CloudEvents SQL, where a copy of it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.cesql_tck import fault, load

FOLDER = os.environ.get("OMS_CESQL_TCK")


@pytest.mark.skipif(not FOLDER, reason="OMS_CESQL_TCK names no copy of the specification's suite")
def test_every_case_of_the_suite_passes() -> None:
    cases = load(Path(FOLDER or ""))
    faults = [f"{case.file}: {case.name}: {why}" for case in cases if (why := fault(case))]
    assert not faults, "\n".join(faults)
