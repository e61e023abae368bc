"""`python -m scheduler_faults.shifting`: a scheduler on a machine whose clock is set by SIGUSR1."""

from __future__ import annotations

import itertools
import runpy
import signal
from datetime import UTC, datetime, timedelta

import time_machine

_HOURS = itertools.cycle((26, -50, 400, 0))


class ShiftedClock:
    """Time of day, off by hours. Elapsed time is not."""

    def __init__(self) -> None:
        self._travel: time_machine.travel | None = None

    def shift(self, *_: object) -> None:
        """Sets it to the next of some wrong times, or right."""
        if self._travel is not None:
            self._travel.stop()
        moment = datetime.now(UTC) + timedelta(hours=next(_HOURS))
        self._travel = time_machine.travel(moment, tick=True)
        self._travel.start()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, ShiftedClock().shift)
    runpy.run_module("svc_scheduler", run_name="__main__", alter_sys=True)
