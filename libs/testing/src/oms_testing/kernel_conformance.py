"""What every kernel backend has to do, checked through its gRPC services.

A backend runs the suite by subclassing `KernelConformance` in a test module and
giving it a `channel` fixture: a `grpc.aio.Channel` to a server over a fresh
store, on which every call is made by an administrator.

    class TestSqliteKernel(KernelConformance):
        @pytest.fixture
        async def channel(self, tmp_path): ...

What a backend can't do it excludes by name and with a reason, never by leaving a
test out:

        exclusions = {Capability.HARD_DELETE: "TerminusDB keeps every document"}
"""

from __future__ import annotations

from oms_testing.kernel_conformance_branches import BranchConformance
from oms_testing.kernel_conformance_client import Capability, Kernel, requires
from oms_testing.kernel_conformance_commits import CommitConformance
from oms_testing.kernel_conformance_documents import DocumentConformance
from oms_testing.kernel_conformance_history import HistoryConformance
from oms_testing.kernel_conformance_merging import MergeConformance
from oms_testing.kernel_conformance_reading import ReadingConformance

__all__ = ["Capability", "Kernel", "KernelConformance", "requires"]


class KernelConformance(
    DocumentConformance,
    ReadingConformance,
    CommitConformance,
    BranchConformance,
    HistoryConformance,
    MergeConformance,
):
    """The whole suite."""
