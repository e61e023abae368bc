"""How long the caller still waits."""

from __future__ import annotations

import asyncio
import math

from oms_core.call import current_call


def time_left_s() -> float:
    """Seconds until the deadline of the call being served; infinite without one."""
    call = current_call()
    if call is None or call.deadline is None:
        return math.inf
    return max(0.0, call.deadline - asyncio.get_running_loop().time())


def caller() -> str:
    """Who calls; empty for the service's own work."""
    call = current_call()
    return "" if call is None or call.identity is None else call.identity.subject
