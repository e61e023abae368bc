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
from svc_embedding.adapters.onnx.folder import capabilities, capabilities_of_source, unusable
from svc_embedding.adapters.onnx.niceness import yield_to_others
from svc_embedding.domain.embedding import (
    Embeddings,
    EmbedOptions,
    ModelFacts,
    Priority,
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
from svc_embedding.domain.vectors import check_dimensions, cut

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
        self._capabilities = capabilities_of_source(config.source)
        self._users: dict[Engine, int] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._idle: dict[Engine, asyncio.Event] = {}
        self._is_closed = False
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
            capabilities=self._capabilities or capabilities(is_classifier=False),
            is_known=bool(self._capabilities),
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
        self._retire()
        if self._retiring:
            await asyncio.wait(self._retiring)

    async def embed(self, texts: Sequence[str], options: EmbedOptions) -> Embeddings:
        async with self._using() as engine:
            self._check_embedding(engine, options)
            prefix = engine.facts.prefix(options.purpose)

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
            self._check_embedding(engine, options)

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
        self._is_closed = True
        loading, self._loading = self._loading, None
        if loading is not None:
            await asyncio.wait([loading])
        self._retire()
        for idle in self._idle.values():
            idle.set()
        if self._retiring:
            await asyncio.wait(self._retiring)
        for executor in self._threads.values():
            executor.shutdown(wait=False, cancel_futures=True)
        metrics.hide(self._stats)

    def _check_embedding(self, engine: Engine, options: EmbedOptions) -> None:
        if engine.is_classifier:
            raise unsupported(self.id, Capability.EMBED)
        check_dimensions(options.dimensions, engine.facts)

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
                if engine in self._idle:
                    self._idle[engine].set()

    def _retire(self) -> None:
        """Frees the loaded model when the calls under way are answered, whoever waits for that."""
        engine, self._engine = self._engine, None
        if engine is not None:
            self._load_time = None
            retiring = asyncio.create_task(self._close_idle(engine), name=f"unload {self.id}")
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)

    async def _close_idle(self, engine: Engine) -> None:
        if engine in self._users and not self._is_closed:
            self._idle[engine] = asyncio.Event()
            await self._idle[engine].wait()
            del self._idle[engine]
        await asyncio.to_thread(engine.close)

    async def _ready(self) -> Engine:
        if self._engine is not None:
            return self._engine
        now = self._clock.monotonic()
        if self._failure is not None and now < self._failed_at + _RETRY_S:
            raise _fresh(self._failure)
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
            get_logger().warning("model not loaded", model=self.id, why=exc.message)
            self._failed(exc)
            raise
        except Exception as exc:
            get_logger().exception("model not loaded", model=self.id)
            error = unusable(self.id, f"loading it failed with {type(exc).__name__}")
            self._failed(error)
            raise error from exc
        finally:
            self._loading = None
        self._engine, self._failure, self._facts = engine, None, engine.facts
        is_ranking = engine.facts.dimensions == 1
        self._capabilities = capabilities(is_classifier=engine.is_classifier, is_ranking=is_ranking)
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

    def _failed(self, error: OmsError) -> None:
        self._failure, self._failed_at = _fresh(error), self._clock.monotonic()

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

    def _served(self, engine: Engine, dimensions: int | None = None) -> ServedBy:
        return ServedBy(
            model=self.id,
            space=engine.facts.space(dimensions),
            provider=PROVIDER,
            execution_provider=engine.placement.actual,
            is_fallback=engine.placement.is_fallback,
        )


def _fresh(error: OmsError) -> OmsError:
    """The error again, without the frames of those who met it and all that they hold."""
    return type(error)(error.message, metadata=error.metadata, retry_after_s=error.retry_after_s)


def _seen(loading: asyncio.Task[Engine]) -> None:
    """A failure was told to those who waited; nobody may have."""
    if not loading.cancelled():
        loading.exception()
