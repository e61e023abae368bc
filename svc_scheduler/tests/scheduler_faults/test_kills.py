"""Replicas, Redis and NATS are killed and frozen under load: every time is recorded once, every
run ends once, and nobody acts on a token that is not the latest.

`OMS_TEST_EFFORT` multiplies schedules and faults.
"""

from __future__ import annotations

import asyncio
import random
import signal

import pytest
from oms_testing.effort import examples

from .cluster import Cluster

EVERY_S = 2


class Chaos:
    """Does harm, and undoes it."""

    def __init__(self, cluster: Cluster, dice: random.Random) -> None:
        self._cluster = cluster
        self._dice = dice
        self.kinds = [self.kill, self.freeze, self.valkey, self.nats]

    async def kill(self) -> None:
        replica = self._dice.choice(self._cluster.replicas)
        replica.kill()
        await replica.wait()
        await replica.start()

    async def freeze(self) -> None:
        """Longer than both leases."""
        replica = self._dice.choice(self._cluster.replicas)
        replica.signal(signal.SIGSTOP)
        await asyncio.sleep(4)
        replica.signal(signal.SIGCONT)

    async def valkey(self) -> None:
        await self._cluster.valkey.kill()
        await self._cluster.valkey.start()

    async def nats(self) -> None:
        await self._cluster.nats.kill()
        await self._cluster.nats.start()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_time_is_lost_or_recorded_twice_whatever_is_killed(cluster: Cluster) -> None:
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    cluster.ledger.wait_s = 0.05
    await cluster.start(3)
    jobs = examples(20)
    await cluster.create(jobs, EVERY_S)
    await cluster.until(lambda: cluster.ended(jobs))
    chaos = Chaos(cluster, dice)
    for _ in range(examples(1)):
        for harm in dice.sample(chaos.kinds, len(chaos.kinds)):
            ((before,),) = await cluster.rows("SELECT count(*) FROM runs WHERE state > 4")
            await harm()
            # It goes on before the next harm comes.
            await cluster.until(lambda count=before + jobs: cluster.ended(count))
    await cluster.settle()
    assert await cluster.faults(EVERY_S) == [], f"seed {seed}"
