"""Replicas, Redis and NATS are killed and frozen, networks cut and clocks set, all under load:
every time is recorded once, every run ends once, and nobody acts on a token but the latest.

`OMS_TEST_EFFORT` multiplies schedules and faults; 500 of it are 10,000 schedules on five replicas.
"""

from __future__ import annotations

import asyncio
import random
import signal

import pytest
from oms_testing.effort import examples

from .cluster import Cluster

EVERY_S = 2
_MOST_TIMES_A_SECOND = 150
_MOST_ROUNDS = 10
# Longer than both leases.
_LONG_S = 4


class Chaos:
    """Does harm, and undoes it."""

    def __init__(self, cluster: Cluster, dice: random.Random) -> None:
        self._cluster = cluster
        self._dice = dice
        self.kinds = [
            self.kill,
            self.freeze,
            self.valkey,
            self.nats,
            self.cut_off,
            self.cut_server,
            self.silence,
            self.shift_clock,
        ]

    async def kill(self) -> None:
        replica = self._dice.choice(self._cluster.replicas)
        replica.kill()
        await replica.wait()
        await replica.start()

    async def freeze(self) -> None:
        replica = self._dice.choice(self._cluster.replicas)
        replica.signal(signal.SIGSTOP)
        await asyncio.sleep(_LONG_S)
        replica.signal(signal.SIGCONT)

    async def valkey(self) -> None:
        await self._cluster.valkey.kill()
        await self._cluster.valkey.start()

    async def nats(self) -> None:
        await self._cluster.nats.kill()
        await self._cluster.nats.start()

    async def cut_off(self) -> None:
        """One replica reaches nothing."""
        proxies = self._dice.choice(self._cluster.links).proxies.values()
        for proxy in proxies:
            proxy.cut()
        await asyncio.sleep(_LONG_S)
        for proxy in proxies:
            await proxy.mend()

    async def cut_server(self) -> None:
        """No replica reaches one of the servers."""
        server = self._dice.choice(list(self._cluster.links[0].proxies))
        proxies = [links.proxies[server] for links in self._cluster.links]
        for proxy in proxies:
            proxy.cut()
        await asyncio.sleep(_LONG_S)
        for proxy in proxies:
            await proxy.mend()

    async def silence(self) -> None:
        """One replica's connections to a server hang: nobody tells it that they are of no use."""
        links = self._dice.choice(self._cluster.links)
        proxy = self._dice.choice(list(links.proxies.values()))
        proxy.fall_silent()
        await asyncio.sleep(_LONG_S)
        proxy.speak()

    async def shift_clock(self) -> None:
        self._dice.choice(self._cluster.replicas).signal(signal.SIGUSR1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_no_time_is_lost_or_recorded_twice_whatever_fails(cluster: Cluster) -> None:
    seed = random.randrange(2**32)
    dice, effort = random.Random(seed), examples(1)
    jobs = examples(20)
    every_s = max(EVERY_S, jobs // _MOST_TIMES_A_SECOND)
    cluster.ledger.wait_s = 0.05
    await cluster.start(3 if effort == 1 else 5)
    await cluster.create(jobs, every_s)
    await cluster.until(lambda: cluster.ended(jobs))
    chaos = Chaos(cluster, dice)
    for _ in range(min(effort, _MOST_ROUNDS)):
        # In CI some of them, others each time.
        for harm in dice.sample(chaos.kinds, 4 if effort == 1 else len(chaos.kinds)):
            ((before,),) = await cluster.rows("SELECT count(*) FROM runs WHERE state > 4")
            await harm()
            # It goes on before the next harm comes.
            await cluster.until(lambda count=before + jobs: cluster.ended(count))
    await cluster.settle()
    assert await cluster.faults(every_s) == [], f"seed {seed}"
