"""The local models of a server."""

from __future__ import annotations

from pathlib import Path

from oms_core.clock import Clock
from oms_core.errors import OmsError, ServiceUnavailable

from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.adapters.onnx.options import LocalOptions
from svc_embedding.domain.local_model import LocalModelConfig
from svc_embedding.domain.models import ModelState


class LocalModels:
    """Makes local models, and closes them. Nothing is loaded before it is used.

    Args:
        folder: For downloads.
        threads, batch_tokens, queue_tokens: See `EmbeddingSettings`.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        threads: int = 0,
        batch_tokens: int = 0,
        queue_tokens: int = 2_097_152,
    ) -> None:
        self._options = LocalOptions(
            cache=folder,
            threads=threads,
            batch_tokens=batch_tokens,
            queue_tokens=queue_tokens,
        )
        self._clock = clock
        self._models: list[LocalModel] = []

    def add(self, config: LocalModelConfig) -> LocalModel:
        """A model, not loaded yet."""
        model = LocalModel(config, self._options, self._clock)
        self._models.append(model)
        return model

    async def preload(self) -> None:
        """Loads every model, one after the other; one that fails says so in its status."""
        for model in self._models:
            try:
                await model.load()
            except OmsError:
                continue

    async def check(self) -> None:
        """Raises ServiceUnavailable while one could not be loaded or runs elsewhere than asked."""
        for model in self._models:
            status = model.status()
            if status.state is ModelState.FAILED:
                raise _impaired(f"model {model.id!r} could not be loaded: {status.state_reason}")
            for each in status.providers:
                if each.is_fallback:
                    raise _impaired(
                        f"model {model.id!r} runs on {each.execution_provider}, not on "
                        f"{each.requested_execution_provider}"
                    )

    async def close(self) -> None:
        """Closes them all. Idempotent."""
        while self._models:
            await self._models.pop().close()


def _impaired(what: str) -> ServiceUnavailable:
    return ServiceUnavailable(what, metadata={"service": "embedding"})
