"""Messages to Kafka: in order, and durable before anybody goes on."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Protocol

from oms_core.errors import ServiceUnavailable
from oms_core.settings import SettingsError

from svc_events.domain.kafka_binding import KafkaMessage
from svc_events.kafka_settings import KafkaSettings

_LINGER_MS: Final = 5
_GOODBYE_S: Final = 5.0


class Producer(Protocol):
    """Sends messages."""

    async def send(self, topic: str, messages: Sequence[KafkaMessage]) -> None:
        """Sends messages in their order; those of one key stay in it.

        Raises:
            ServiceUnavailable: some of them may be missing. Send all of them again.
        """
        ...

    async def close(self) -> None:
        """Closes what it holds. Idempotent."""
        ...


class KafkaProducer:
    """A producer of aiokafka: idempotent, so that its own repetitions change no order.

    It connects when first used, and anew after any failure.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        """Connects to nothing yet.

        Raises:
            SettingsError: aiokafka is not installed.
        """
        if find_spec("aiokafka") is None:
            raise SettingsError(
                "OMS_KAFKA_BOOTSTRAP is set, which needs aiokafka: install oms-svc-events[kafka]"
            )
        self._settings = settings
        self._producer: Any = None
        self._opening = asyncio.Lock()

    async def send(self, topic: str, messages: Sequence[KafkaMessage]) -> None:
        errors: Any = await asyncio.to_thread(import_module, "aiokafka.errors")
        try:
            producer = await self._opened()
            # Each is put into its partition's batch at once, in this order.
            sent = [
                await producer.send(
                    topic, value=each.value, key=each.key, headers=list(each.headers)
                )
                for each in messages
            ]
            await asyncio.gather(*sent)
        except (errors.KafkaError, OSError, TimeoutError) as exc:
            await self.close()
            raise ServiceUnavailable(
                f"Kafka can't be used right now ({type(exc).__name__}); try again later",
                metadata={"service": "kafka"},
                retry_after_s=1.0,
            ) from exc

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(Exception):  # it may be beyond help already
                await asyncio.wait_for(producer.stop(), _GOODBYE_S)

    async def _opened(self) -> Any:
        async with self._opening:
            if self._producer is None:
                aiokafka: Any = await asyncio.to_thread(import_module, "aiokafka")
                producer = aiokafka.AIOKafkaProducer(**self._options())
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        options: dict[str, Any] = {
            "bootstrap_servers": settings.bootstrap,
            "client_id": "oms-events",
            "acks": "all",
            "enable_idempotence": True,
            "linger_ms": _LINGER_MS,
            # What is longer was judged before.
            "max_request_size": 2 * settings.max_message_bytes,
            "security_protocol": settings.security_protocol,
        }
        if settings.tls:
            cafile = str(settings.ca_file) if settings.ca_file else None
            options["ssl_context"] = ssl.create_default_context(cafile=cafile)
        if settings.username:
            options |= {
                "sasl_mechanism": settings.mechanism,
                "sasl_plain_username": settings.username,
                "sasl_plain_password": settings.password.get_secret_value(),
            }
        return options
