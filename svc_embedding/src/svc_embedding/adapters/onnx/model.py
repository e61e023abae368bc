"""A local model: loaded when it is needed, unloaded when asked to."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from oms_core.clock import Clock
from oms_core.errors import OmsError, ServiceUnavailable
from oms_core.logging import get_logger

from svc_embedding.adapters.onnx import metrics
from svc_embedding.adapters.onnx.niceness import yield_to_others
from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    ModelFacts,
    Priority,
    Purpose,
    ServedBy,
    TokenCount,
)
from svc_embedding.domain.local_model import Device, LocalModelConfig, source_name
from svc_embedding.domain.models import (
    Capability,
    ModelState,
    ModelStatus,
    ProviderStatus,
    Ranking,
    Token,
    unsupported,
)
from svc_embedding.domain.vectors import cut

if TYPE_CHECKING:
    # They import ONNX Runtime, which takes a second, and not before a model is loaded.
    from svc_embedding.adapters.onnx.loading import Engine
    from svc_embedding.adapters.onnx.options import LocalOptions
    from svc_embedding.adapters.onnx.tokenizing import Encoded

PROVIDER: Final = "onnx"
_CHUNK: Final = 64
_RETRY_S: Final = 10.0
_REQUESTED: Final = {
    Device.CPU: "CPUExecutionProvider",
    Device.CUDA: "CUDAExecutionProvider",
    Device.TENSORRT: "TensorrtExecutionProvider",
}
_Result = TypeVar("_Result")


class LocalModel:
    """A model of `LocalModels`; see `Model` and `Embedder` for what its methods promise."""

    provider = PROVIDER

    def __init__(self, config: LocalModelConfig, options: LocalOptions, clock: Clock) -> None:
        self._config = config
        self._options = options
        self._clock = clock
        self._engine: Engine | None = None
        source = source_name(config.source)
        self._facts = ModelFacts(model=config.id, source=source, dimensions=0, max_tokens=0)
        self._loading: asyncio.Task[Engine] | None = None
        self._failure: OmsError | None = None
        self._failed_at = 0.0
        self._load_time: datetime | None = None
        self._users: dict[Engine, int] = {}
        self._left = asyncio.Condition()
        self._threads = {
            Priority.INTERACTIVE: ThreadPoolExecutor(1, "tokenizing"),
            Priority.BULK: ThreadPoolExecutor(1, "tokenizing-bulk", initializer=yield_to_others),
        }
        self._stats = metrics.ModelStats(config.id)
        metrics.show(self._stats)

    @property
    def id(self) -> str:
        return self._config.id

    @property
    def facts(self) -> ModelFacts:
        return self._facts

    def status(self) -> ModelStatus:
        return ModelStatus(
            facts=self._facts,
            state=self._state(),
            state_reason=self._failure.message if self._failure else "",
            load_time=self._load_time,
            capabilities=self._capabilities(),
            providers=[self._provider_status()],
        )

    async def ready(self) -> LocalModel:
        await self._ready()
        return self

    async def load(self) -> None:
        self._failure = None
        await self._ready()

    async def unload(self) -> None:
        if self._loading is not None:
            await asyncio.wait([self._loading])
        engine, self._engine = self._engine, None
        if engine is None:
            return
        self._load_time = None
        async with self._left:
            await self._left.wait_for(lambda: not self._users.get(engine))
        await asyncio.to_thread(engine.close)

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        async with self._using() as engine:
            if engine.is_classifier:
                raise unsupported(self.id, Capability.EMBED)
            prefix = self._prefix(options.purpose)

            def encode(start: int) -> list[Encoded]:
                some = texts[start : start + _CHUNK]
                truncation = options.truncation
                return engine.tokenizer.encode(some, truncation, prefix=prefix, start=start)

            encoded = await self._chunked(encode, len(texts), options.priority)
            return await self._embedded(engine, encoded, options)

    async def embed_tokens(
        self, tokens: Sequence[Sequence[int]], options: EmbedOptions
    ) -> Embeddings:
        async with self._using() as engine:
            if engine.is_classifier:
                raise unsupported(self.id, Capability.EMBED)

            def encode(start: int) -> list[Encoded]:
                some = tokens[start : start + _CHUNK]
                return [
                    engine.tokenizer.from_ids(ids, options.truncation, index=index)
                    for index, ids in enumerate(some, start)
                ]

            encoded = await self._chunked(encode, len(tokens), options.priority)
            return await self._embedded(engine, encoded, options)

    async def tokenize(
        self, texts: Sequence[str], *, add_special_tokens: bool
    ) -> Sequence[Sequence[Token]]:
        async with self._using() as engine:

            def tokens(start: int) -> list[list[Token]]:
                some = texts[start : start + _CHUNK]
                return engine.tokenizer.tokens(some, add_special_tokens=add_special_tokens)

            return await self._chunked(tokens, len(texts), Priority.BULK)

    async def rerank(self, query: str, documents: Sequence[str], *, priority: Priority) -> Ranking:
        async with self._using() as engine:
            if not engine.is_classifier or engine.facts.dimensions != 1:
                raise unsupported(self.id, Capability.RERANK)

            def encode(start: int) -> list[Encoded]:
                return engine.tokenizer.encode_pairs(query, documents[start : start + _CHUNK])

            encoded = await self._chunked(encode, len(documents), priority)
            logits = await self._counted(engine.batcher.run(encoded, priority))
            scores = 1.0 / (1.0 + np.exp(-logits[:, 0].astype(np.float64)))
            tokens = sum(each.count.read for each in encoded)
            return Ranking(scores.tolist(), self._served(engine), tokens)

    async def close(self) -> None:
        """Ends everything: what is being loaded, what waits, the threads. Idempotent."""
        loading, self._loading = self._loading, None
        if loading is not None:
            await asyncio.wait([loading])
        engine, self._engine = self._engine, None
        if engine is not None:
            await asyncio.to_thread(engine.close)
        for executor in self._threads.values():
            executor.shutdown(wait=False, cancel_futures=True)
        metrics.hide(self._stats)

    async def _embedded(
        self, engine: Engine, encoded: Sequence[Encoded], options: EmbedOptions
    ) -> Embeddings:
        dimensions = options.dimensions
        vectors = await self._counted(engine.batcher.run(encoded, options.priority))
        vectors = cut(vectors, dimensions, engine.facts)
        counts: list[TokenCount] = [each.count for each in encoded]
        return Embeddings(vectors, counts, self._served(engine, dimensions))

    async def _counted(self, running: Awaitable[_Result]) -> _Result:
        self._stats.calls += 1
        try:
            return await running
        except OmsError:
            self._stats.failures += 1
            raise

    async def _chunked(
        self, work: Callable[[int], list[_Result]], count: int, lane: Priority
    ) -> list[_Result]:
        """Tokenises a few texts at a time, so that calls take turns."""
        loop, results = asyncio.get_running_loop(), list[_Result]()
        for start in range(0, count, _CHUNK):
            results += await loop.run_in_executor(self._threads[lane], work, start)
        return results

    @asynccontextmanager
    async def _using(self) -> AsyncGenerator[Engine]:
        """The loaded model, which stays until the block ends."""
        engine = await self._ready()
        self._users[engine] = self._users.get(engine, 0) + 1
        try:
            yield engine
        finally:
            self._users[engine] -= 1
            if not self._users[engine]:
                del self._users[engine]
                if engine is not self._engine:
                    async with self._left:
                        self._left.notify_all()

    async def _ready(self) -> Engine:
        if self._engine is not None:
            return self._engine
        now = self._clock.monotonic()
        if self._failure is not None and now < self._failed_at + _RETRY_S:
            raise self._failure
        if self._loading is None:
            self._loading = asyncio.create_task(self._load(), name=f"load {self.id}")
            self._loading.add_done_callback(_seen)
        # Whoever leaves does not end it for the others.
        return await asyncio.shield(self._loading)

    async def _load(self) -> Engine:
        started = self._clock.monotonic()
        try:
            engine = await asyncio.to_thread(self._load_blocking)
        except OmsError as exc:
            self._failure, self._failed_at = exc, self._clock.monotonic()
            get_logger().warning("model not loaded", model=self.id, why=exc.message)
            raise
        finally:
            self._loading = None
        self._engine, self._failure, self._facts = engine, None, engine.facts
        self._load_time = self._clock.now()
        self._stats.fallback = engine.placement.actual if engine.placement.is_fallback else ""
        get_logger().info(
            "model loaded",
            model=self.id,
            space=engine.facts.space(),
            execution_provider=engine.placement.actual,
            took_s=round(self._clock.monotonic() - started, 2),
        )
        return engine

    def _load_blocking(self) -> Engine:
        try:
            loading: Any = importlib.import_module("svc_embedding.adapters.onnx.loading")
        except ImportError as exc:
            raise ServiceUnavailable(
                f"model {self.id!r} needs {exc.name}, which is not installed",
                metadata={"service": "embedding"},
            ) from exc
        return loading.load(self._config, self._options, self._stats)

    def _state(self) -> ModelState:
        if self._engine is not None:
            return ModelState.READY
        if self._loading is not None:
            return ModelState.LOADING
        return ModelState.FAILED if self._failure is not None else ModelState.UNLOADED

    def _capabilities(self) -> Sequence[Capability]:
        if self._engine is not None and self._engine.is_classifier:
            return (Capability.RERANK, Capability.TOKENIZE)
        return (Capability.EMBED, Capability.TOKENIZE)

    def _provider_status(self) -> ProviderStatus:
        placement = self._engine.placement if self._engine else None
        return ProviderStatus(
            provider=PROVIDER,
            requested_execution_provider=_REQUESTED[self._config.device],
            execution_provider=placement.actual if placement else "",
            is_fallback=placement.is_fallback if placement else False,
            is_available=self._failure is None,
            reason=self._failure.message if self._failure else "",
            call_count=self._stats.calls,
            failure_count=self._stats.failures,
            token_count=self._stats.tokens,
        )

    def _prefix(self, purpose: Purpose) -> str:
        if purpose is Purpose.QUERY:
            return self._facts.query_prefix
        return self._facts.document_prefix if purpose is Purpose.DOCUMENT else ""

    def _served(self, engine: Engine, dimensions: int | None = None) -> ServedBy:
        return ServedBy(
            model=self.id,
            space=engine.facts.space(dimensions),
            provider=PROVIDER,
            execution_provider=engine.placement.actual,
            is_fallback=engine.placement.is_fallback,
        )


def _seen(loading: asyncio.Task[Engine]) -> None:
    """A failure was told to those who waited; nobody may have."""
    if not loading.cancelled():
        loading.exception()
