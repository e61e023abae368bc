"""One load for a value, however many ask for it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

from oms_core.errors import Cancelled, DeadlineExceeded

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class SingleFlight(Generic[_K, _V]):
    """Shares loads among those who ask for the same key. Keeps no values: that is the caller's."""

    def __init__(self) -> None:
        self._loading: dict[_K, asyncio.Task[_V]] = {}

    async def get(
        self,
        key: _K,
        find: Callable[[], _V | None],
        load: Callable[[], Coroutine[Any, Any, _V]],
    ) -> _V:
        """What `find` has, or else what one `load` for all gives.

        The load goes on when who began it gives up, for the others; a load that ends by its own
        call's deadline or cancellation is begun anew by those who still wait.

        Args:
            find: Looks where loaded values are kept.
            load: Gets the value and keeps it where `find` looks.
        Raises:
            Whatever `load` raises.
        """
        while True:
            found = find()
            if found is not None:
                return found
            task = self._loading.get(key)
            is_mine = task is None
            if task is None:
                task = self._loading[key] = asyncio.create_task(load())
                task.add_done_callback(partial(self._loaded, key))
            try:
                return await asyncio.shield(task)
            except (Cancelled, DeadlineExceeded):
                # The load runs under the deadline of the call that began it.
                if is_mine:
                    raise
            except asyncio.CancelledError:
                caller = asyncio.current_task()
                if is_mine or not task.cancelled() or (caller and caller.cancelling()):
                    raise

    async def close(self) -> None:
        """Ends the loads under way."""
        tasks = list(self._loading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _loaded(self, key: _K, task: asyncio.Task[_V]) -> None:
        del self._loading[key]
        if not task.cancelled():
            task.exception()  # seen, also when every caller has gone away
