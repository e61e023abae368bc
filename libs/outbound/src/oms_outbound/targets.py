"""The judged addresses of hosts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from oms_core.clock import Clock

from oms_outbound.addresses import Address, kind_of
from oms_outbound.errors import ConnectionLost, DnsFailure, OutboundTimeout, TargetRefused
from oms_outbound.policy import OutboundPolicy
from oms_outbound.resolver import LookupFailed, Resolver
from oms_outbound.urls import CheckedUrl

_log = structlog.get_logger(__name__)
_MAX_HOSTS: Final = 4096


@dataclass(slots=True)
class _Answer:
    addresses: tuple[Address, ...]
    expires_at: float


class Targets:
    """Looks hosts up, judges every address, and keeps good answers for a short time.

    However many ask for a host, one lookup runs.
    """

    def __init__(self, policy: OutboundPolicy, resolver: Resolver, clock: Clock) -> None:
        self._policy = policy
        self._resolver = resolver
        self._clock = clock
        self._answers: OrderedDict[str, _Answer] = OrderedDict()
        self._lookups: dict[str, asyncio.Task[tuple[Address, ...]]] = {}
        self._is_closed = False

    async def addresses_of(self, url: CheckedUrl) -> tuple[Address, ...]:
        """The addresses to try, in order, all of them permitted.

        Raises:
            TargetRefused: at least one of the host's addresses is not permitted.
            DnsFailure, OutboundTimeout: there was no answer.
        """
        if url.address is not None:
            return self._judge(url.host, [url.address], name=None)
        kept = self._answers.get(url.host)
        if kept is not None and self._clock.monotonic() < kept.expires_at:
            self._answers.move_to_end(url.host)
            return kept.addresses
        return await self._wait(url.host)

    def prefer(self, host: str, address: Address) -> None:
        """Has an address that could be connected to tried first from now on."""
        kept = self._answers.get(host)
        if kept is not None and kept.addresses[0] != address and address in kept.addresses:
            others = (other for other in kept.addresses if other != address)
            kept.addresses = (address, *others)

    async def close(self) -> None:
        """Gives up the lookups in progress."""
        self._is_closed = True
        lookups = list(self._lookups.values())
        for lookup in lookups:
            lookup.cancel()
        await asyncio.gather(*lookups, return_exceptions=True)

    async def _wait(self, host: str) -> tuple[Address, ...]:
        lookup = self._lookup(host)
        try:
            # It goes on for the others when this caller gives up.
            return await asyncio.shield(lookup)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._is_closed and task is not None and not task.cancelling():
                raise ConnectionLost(host, is_before_answer=True) from None
            raise

    def _lookup(self, host: str) -> asyncio.Task[tuple[Address, ...]]:
        task = self._lookups.get(host)
        if task is None:
            task = asyncio.create_task(self._resolve(host), name=f"outbound-dns-{host}")
            self._lookups[host] = task
            task.add_done_callback(lambda done: self._forget(host, done))
        return task

    def _forget(self, host: str, task: asyncio.Task[tuple[Address, ...]]) -> None:
        del self._lookups[host]
        if not task.cancelled():
            task.exception()  # seen, also when every caller gave up

    async def _resolve(self, host: str) -> tuple[Address, ...]:
        timeout_s = self._policy.dns_timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                found = await self._resolver.resolve(host)
        except TimeoutError:
            raise OutboundTimeout(host, "dns", timeout_s) from None
        except LookupFailed:
            raise DnsFailure(host, "the name can't be resolved") from None
        return self._keep(host, self._judge(host, found, name=host))

    def _judge(
        self, host: str, found: Sequence[Address], *, name: str | None
    ) -> tuple[Address, ...]:
        if not found:
            raise DnsFailure(host, "the name has no address")
        if len(found) > self._policy.max_addresses:
            most = self._policy.max_addresses
            raise DnsFailure(host, f"the name has {len(found)} addresses; {most} are the most")
        for address in found:
            if not self._policy.permits_address(address, name):
                kind = kind_of(address, self._policy.nat64_prefixes)
                _log.warning("outbound_target_refused", host=host, kind=kind.value)
                raise TargetRefused(host)
        return tuple(found)

    def _keep(self, host: str, addresses: tuple[Address, ...]) -> tuple[Address, ...]:
        expires_at = self._clock.monotonic() + self._policy.dns_ttl_s
        self._answers[host] = _Answer(addresses, expires_at)
        self._answers.move_to_end(host)
        if len(self._answers) > _MAX_HOSTS:
            self._answers.popitem(last=False)
        return addresses
