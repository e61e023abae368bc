"""Waiting between attempts."""

from __future__ import annotations

import asyncio
from typing import Final

from oms_core.logging import get_logger
from oms_core.tasks import raise_if_cancelled

_FIRST_PAUSE_S: Final = 0.1
_MAX_PAUSE_S: Final = 5.0


class Pauses:
    """Longer and longer pauses while the same fails, and one log line for each kind of failure."""

    def __init__(self, **fields: str) -> None:
        self.fields = fields
        self._pause_s = _FIRST_PAUSE_S
        self._told = ""
        self._log = get_logger()

    def begin(self) -> None:
        """It works: the next failure is a new one."""
        self._pause_s, self._told = _FIRST_PAUSE_S, ""

    def tell(self, what: str, error: Exception) -> None:
        """Logs a failure unless it is the one that was logged last."""
        text = str(error) or type(error).__name__
        if text != self._told:
            self._told = text
            self._log.warning(what, error=text, **self.fields)

    async def wait(self) -> None:
        """Waits before the next attempt. Raises CancelledError when the task was cancelled."""
        raise_if_cancelled()
        await asyncio.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 2, _MAX_PAUSE_S)
