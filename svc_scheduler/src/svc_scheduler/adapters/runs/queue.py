"""The work queue of runs in JetStream.

A message says which run is to be looked at; what it is and whether it may begin says PostgreSQL.
So a message that comes twice, too late or never at all does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import orjson
from oms_nats import NatsConnection, unavailable

from svc_scheduler.adapters.runs.keys import QueuedRun, RunKey
from svc_scheduler.domain.jobs.model import Priority

if TYPE_CHECKING:
    from nats.js import JetStreamContext

QUEUE: Final = "OMS_SCHEDULER"
_SUBJECT: Final = "oms.scheduler.runs"
_CHUNK: Final = 256
_MAX_HELD: Final = 50_000


def consumer_of(priority: Priority) -> str:
    """The name of the consumer that has the runs of a priority."""
    return f"runs-{priority.name.lower()}"


def key_of(data: bytes) -> RunKey | None:
    """Which run a message means; None: it is none of ours."""
    try:
        uid, run_id = orjson.loads(data)
        return RunKey(int(uid), str(run_id))
    except (ValueError, TypeError):
        return None


class RunQueue:
    """Runs that wait for a worker, by priority.

    Args:
        replicas: How many servers of a cluster keep it.
        ack_wait_s: How long a run is with a worker that doesn't tell that it lives, in seconds.
    """

    def __init__(self, connection: NatsConnection, *, replicas: int, ack_wait_s: float) -> None:
        self.connection = connection
        self._replicas = replicas
        self._ack_wait_s = ack_wait_s
        self._is_there = False

    async def put(self, runs: Sequence[QueuedRun]) -> None:
        """Queues runs. Queueing one again is harmless.

        Raises:
            ServiceUnavailable: not all of them are queued for certain.
        """
        for start in range(0, len(runs), _CHUNK):
            await self._publish(runs[start : start + _CHUNK])

    async def ensure(self) -> None:
        """Makes the queue and its consumers, unless they are there.

        Raises:
            ServiceUnavailable: NATS can't be reached.
        """
        async with self._jetstream():
            return

    async def forget(self) -> None:
        """Looks again whether the queue is there."""
        self._is_there = False

    async def _publish(self, runs: Sequence[QueuedRun]) -> None:
        async with self._jetstream() as js:
            acks = [
                await js.publish_async(
                    f"{_SUBJECT}.{Priority(priority).name.lower()}",
                    orjson.dumps([key.job_uid, key.id]),
                    stream=QUEUE,
                    headers={"Nats-Msg-Id": f"{key.job_uid}/{key.id}/{attempt}"},
                )
                for key, priority, attempt in runs
            ]
            async with asyncio.timeout(self.connection.timeout_s):
                await asyncio.gather(*acks)

    @asynccontextmanager
    async def _jetstream(self) -> AsyncGenerator[JetStreamContext]:
        js = await self.connection.jetstream()
        from nats.errors import Error
        from nats.js.errors import NotFoundError

        try:
            if not self._is_there:
                await self._make(js)
            yield js
        except NotFoundError as exc:
            self._is_there = False
            raise unavailable("the work queue is not there") from exc
        except (Error, TimeoutError) as exc:
            raise unavailable(type(exc).__name__) from exc

    async def _make(self, js: JetStreamContext) -> None:
        from nats.js.api import (
            AckPolicy,
            ConsumerConfig,
            RetentionPolicy,
            StorageType,
            StreamConfig,
        )
        from nats.js.errors import BadRequestError

        config: Any = StreamConfig(
            name=QUEUE,
            description="Runs of jobs that wait for a worker",
            subjects=[f"{_SUBJECT}.*"],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            num_replicas=self._replicas,
            duplicate_window=120,
        )
        try:
            await js.add_stream(config)
        except BadRequestError:
            # Somebody configured it otherwise, which is their right as long as it is there.
            await js.stream_info(QUEUE)
        for priority in Priority:
            await js.add_consumer(
                QUEUE,
                ConsumerConfig(
                    durable_name=consumer_of(priority),
                    filter_subject=f"{_SUBJECT}.{priority.name.lower()}",
                    ack_policy=AckPolicy.EXPLICIT,
                    ack_wait=self._ack_wait_s,
                    max_deliver=-1,
                    max_ack_pending=_MAX_HELD,
                ),
            )
        self._is_there = True
