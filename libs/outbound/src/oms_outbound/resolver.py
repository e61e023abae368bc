"""Looking names up without letting slow name servers hold up anything else."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final, Protocol

from oms_outbound.addresses import Address

MAX_LOOKUPS: Final = 32


class LookupFailed(Exception):
    """A name has no address, or its name servers did not say."""


class Resolver(Protocol):
    """Looks up names."""

    async def resolve(self, host: str) -> Sequence[Address]:
        """All addresses of a name, in the order to try them.

        Raises:
            LookupFailed: there is none.
        """
        ...


class SystemResolver:
    """`getaddrinfo` of the system, with its files, search lists and order.

    A lookup can't be interrupted. Each runs in a daemon thread of its own, at most
    `max_lookups` at once, counted until the thread has ended: neither the event loop's
    executor nor the end of the process waits for a name server that doesn't answer.
    """

    def __init__(self, max_lookups: int = MAX_LOOKUPS) -> None:
        self._free = asyncio.Semaphore(max_lookups)

    async def resolve(self, host: str) -> Sequence[Address]:
        """All addresses of a name; see `Resolver`."""
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Address]] = loop.create_future()

        def look_up() -> None:
            result: list[Address] | Exception
            try:
                result = _getaddrinfo(host)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the waiter is told
                result = exc
            _call_soon(loop, lambda: self._finish(answer, result))

        try:
            threading.Thread(target=look_up, name="oms-outbound-dns", daemon=True).start()
        except RuntimeError as exc:  # the machine has no thread left
            self._free.release()
            raise LookupFailed(host) from exc
        return await answer

    def _finish(
        self, answer: asyncio.Future[list[Address]], result: list[Address] | Exception
    ) -> None:
        self._free.release()
        if answer.done():  # nobody waits any more
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)


def _call_soon(loop: asyncio.AbstractEventLoop, callback: object) -> None:
    try:
        loop.call_soon_threadsafe(callback)  # type: ignore[arg-type]
    except RuntimeError:  # the loop ended first
        return


def _getaddrinfo(host: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        raise LookupFailed(host) from exc
    # dict: in order, each once
    return list(dict.fromkeys(_address(item[4]) for item in found))


def _address(sockaddr: tuple[object, ...]) -> Address:
    text = str(sockaddr[0])
    scope = sockaddr[3] if len(sockaddr) == 4 else 0
    return ip_address(f"{text}%{scope}" if scope and "%" not in text else text)
