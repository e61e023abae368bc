"""How tests are shared out among processes (`pytest -n 2`), and what all of them have in common."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import settings

# A machine that is busy is no failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# An end-to-end test names the topology it runs in, as `[grpc-split-…]`.
_TOPOLOGY = re.compile(r"^tests/e2e/.*\[(?:\w+-)?(monolith|split)\b")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps a file's tests in one process, so that its servers start once.

    End-to-end tests go by topology instead: each suite of servers then runs in one process
    only. Not by `xdist_group`: with pytest 9.1 and later, pytest-xdist 3.8 loses the group.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByServers(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            topology = _TOPOLOGY.match(nodeid)
            return topology.group(1) if topology else nodeid.partition("::")[0]

    return ByServers(config, log)
