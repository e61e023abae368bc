"""How tests are shared out among processes (`pytest -n 2`), and what all of them have in common."""

from __future__ import annotations

import gc
import re
import signal
import threading
from typing import Any

import pytest
from hypothesis import settings
from oms_testing.effort import examples

# What is imported and collected stays: looking through all of it for garbage, again and again, took
# a third of the time that collecting the tests takes.
gc.disable()

# A machine that is busy is no failure.
settings.register_profile("patient", deadline=None, max_examples=examples(30))
settings.load_profile("patient")

# A shell that runs something in the background lets it ignore interrupts, and all that it starts.
if (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):
    signal.signal(signal.SIGINT, signal.default_int_handler)

# An end-to-end test names the topology it runs in, as `[grpc-split-…]`.
_TOPOLOGY = re.compile(r"^tests/e2e/.*\[(?:\w+-)?(monolith|split)\b")

# Files that take long, the longest first. They start before all others, so that no process is
# left with one of them at the end while the other has nothing to do.
_LONG = (
    "tests/e2e/test_demo.py",
    "tests/e2e/test_kill.py",
    "svc_events/tests/event_faults/test_faults.py",
    "svc_datakernel/tests/datakernel_tests/maintenance/test_killed_kernels.py",
    "deploy/monolith/tests/test_launch_faults.py",
    "tests/conformance/test_terminusdb_vectors.py",
    "svc_events/tests/relay/test_kills.py",
    "tests/e2e/test_launcher.py",
    "svc_api/tests/rdf/test_rdf_brick.py",
    "svc_api/tests/rdf/test_transfer_service.py",
    "tests/contract/test_generated_code.py",
    "svc_datakernel/tests/datakernel_tests/postgresql/test_postgresql_replicas.py",
    "svc_datakernel/tests/datakernel_tests/versioning/test_moves_against_model.py",
    "svc_datakernel/tests/datakernel_tests/graph_store/test_index_against_documents.py",
    "svc_datakernel/tests/datakernel_tests/replication/test_bundles_against_model.py",
    "svc_embedding/tests/index_service/test_kills.py",
    "svc_events/tests/relay/test_network.py",
    "svc_events/tests/relay/test_rebuilding.py",
    "svc_datakernel/tests/datakernel_tests/graph_store/test_graph_costs.py",
    "tests/contract/test_processes.py",
    "tests/e2e/test_readme.py",
    "tests/e2e/test_topologies_agree.py",
)


def _order(item: pytest.Item) -> int:
    if _TOPOLOGY.match(item.nodeid):
        return 0
    file = item.nodeid.partition("::")[0]
    return 1 + (_LONG.index(file) if file in _LONG else len(_LONG))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Has what takes long come first; the order is the same in every process."""
    items.sort(key=_order)


def pytest_collection_finish() -> None:
    """Leaves all that there is by now out of later looks for garbage."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps a file's tests in one process, so that its servers start once.

    End-to-end tests go by topology instead: each suite of servers then runs in one process
    only. Not by `xdist_group`: with pytest 9.1 and later, pytest-xdist 3.8 loses the group.
    """
    from xdist.scheduler import LoadScopeScheduling

    # Files start in the order above, not those of most tests first.
    config.option.loadscopereorder = False

    class ByServers(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            topology = _TOPOLOGY.match(nodeid)
            return topology.group(1) if topology else nodeid.partition("::")[0]

    return ByServers(config, log)
