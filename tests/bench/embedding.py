"""Embeddings: the service beside bare ONNX Runtime, one text under load, and memory."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import grpc.aio
import numpy as np
from oms.embedding.v1 import embedding_service_pb2 as pb
from oms_testing import tiny_model
from svc_embedding.adapters.onnx.bert_graph import IDS, LENGTHS
from svc_embedding.adapters.onnx.folder import read_folder
from svc_embedding.adapters.onnx.loading import bert_graph_of, bert_shape
from svc_embedding.adapters.onnx.running import padded
from svc_embedding.adapters.onnx.session import Graph, open_session
from svc_embedding.adapters.onnx.sources import locate
from svc_embedding.adapters.onnx.tokenizing import TextTokenizer
from svc_embedding.domain.embedding import Truncation
from svc_embedding.domain.local_model import BUILT_IN, Device, LocalModelConfig

from tests.bench.processes import Credentials, Target, cpu_seconds, running_service
from tests.bench.report import Goal, Section

_PATH = "/oms.embedding.v1.EmbeddingService/"
_BATCH = 64
_IN_FLIGHT = 4
_FIFO_ROWS = 32
_BUDGET = 1024
_SHORT = "which customers bought it twice"
_WORDS = (
    *("customer", "order", "invoice", "product", "supplier", "contract", "shipment", "payment"),
    *("warehouse", "employee", "branch", "property", "link", "type", "version", "merge"),
    *("commit", "review", "ontology", "schema", "address", "country", "currency", "date"),
    *("amount", "price", "quantity", "the", "of", "a", "with", "for", "between", "before"),
)


def texts_of_mixed_lengths(count: int) -> list[str]:
    """Texts of 3 to 180 words, short ones more often."""
    chance = random.Random(5)
    return [
        " ".join(chance.choices(_WORDS, k=round(3 * 60 ** chance.random()))) for _ in range(count)
    ]


class Bare:
    """The built-in model's fused graph on ONNX Runtime, with nothing around it."""

    def __init__(self, texts: Sequence[str]) -> None:
        config = LocalModelConfig(id="bare", source=BUILT_IN)
        path, _ = locate(config, Path())
        folder = read_folder(path, config.id)
        content, values = bert_graph_of(folder, bert_shape(folder, config.id), config.id)
        self._session = open_session(
            Graph(content, values), Device.CPU, threads=0, is_fallback_allowed=False, model="bare"
        )
        tokenizer = TextTokenizer(folder.tokenizer, model="bare", max_tokens=folder.max_tokens)
        encoded = tokenizer.encode(texts, Truncation.END)
        self._ids = [each.ids for each in encoded]
        self.tokens = sum(map(len, self._ids))

    def sorted_by_length(self) -> None:
        """Batches of like lengths, within the service's own budget."""
        batch: list[Any] = []
        for ids in sorted(self._ids, key=len, reverse=True):
            if batch and (len(batch) + 1) * len(batch[0]) > _BUDGET:
                self._run(batch)
                batch = []
            batch.append(ids)
        self._run(batch)

    def first_come(self) -> None:
        """Batches of 32 as they come, padded to the longest."""
        for start in range(0, len(self._ids), _FIFO_ROWS):
            self._run(self._ids[start : start + _FIFO_ROWS])

    def _run(self, batch: list[Any]) -> None:
        lengths = np.array([len(each) for each in batch], np.int32)
        self._session.run({IDS: padded(batch), LENGTHS: lengths}, self._session.outputs[0])


class Client:
    """Calls the service with requests that are bytes already."""

    def __init__(self, target: Target, token: str) -> None:
        options = (("grpc.max_receive_message_length", -1),)
        self._channel = grpc.aio.insecure_channel(target.address, options=options)
        self._metadata = (("authorization", f"Bearer {token}"),)
        self.pid = target.pid

    async def call(self, method: str, request: bytes) -> bytes:
        call = self._channel.unary_unary(_PATH + method)
        return await call(request, metadata=self._metadata, timeout=600)

    async def in_flight(self, method: str, requests: Sequence[bytes], count: int) -> None:
        """Makes all calls, so many at once."""
        waiting = list(reversed(requests))

        async def work() -> None:
            while waiting:
                await self.call(method, waiting.pop())

        await asyncio.gather(*(work() for _ in range(count)))

    async def close(self) -> None:
        await self._channel.close()


@asynccontextmanager
async def running_embedding(**environment: str) -> AsyncIterator[Client]:
    """The service in a process of its own, its model loaded, and calls of it."""
    credentials = Credentials.fresh()
    with TemporaryDirectory() as folder:
        running = running_service("svc_embedding", Path(folder), credentials, **environment)
        async with running as targets:
            client = Client(targets["embedding"], credentials.token)
            try:
                await client.call("Embed", pb.EmbedRequest(text=_SHORT).SerializeToString())
                yield client
            finally:
                await client.close()


def batches(texts: Sequence[str], size: int = _BATCH) -> list[bytes]:
    """Requests of `EmbedBatch`, so many texts each."""
    options = pb.EmbedOptions(encoding=pb.VECTOR_ENCODING_PACKED_FLOAT32, priority=pb.PRIORITY_BULK)
    return [
        pb.EmbedBatchRequest(texts=texts[at : at + size], options=options).SerializeToString()
        for at in range(0, len(texts), size)
    ]


async def throughput(*, rounds: int, count: int) -> Section:
    """Tokens a second through gRPC, beside the bare runtime and a padded first-come batcher."""
    section = Section(
        "Tokens a second on the CPU",
        f"The built-in model, {count} texts of 3 to 180 words in random order. The service runs in "
        f"a process of its own and is asked over gRPC for {_BATCH} texts at a time, {_IN_FLIGHT} "
        "calls in flight; it tokenises, batches and answers. Bare is ONNX Runtime on the same "
        "fused graph in this process, with texts tokenised before and sorted by length; "
        f"first-come are batches of {_FIFO_ROWS} in the order of arrival, padded to the longest. "
        f"{rounds} rounds in turn, medians. Processor time is that of the process that computes.",
        ("what", "tokens/s", "tokens per CPU second", "share of bare", "by CPU time"),
    )
    texts = texts_of_mixed_lengths(count)
    bare = await asyncio.to_thread(Bare, texts)
    requests = batches(texts)
    async with running_embedding() as client:
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "bare, sorted by length": lambda: asyncio.to_thread(bare.sorted_by_length),
            "through gRPC": lambda: client.in_flight("EmbedBatch", requests, _IN_FLIGHT),
            "first-come, padded": lambda: asyncio.to_thread(bare.first_come),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, run in ways.items():
                is_remote = name == "through gRPC"
                taken[name].append(await _timed(run, client.pid if is_remote else None))
    rates = {
        name: tuple(bare.tokens / statistics.median(column) for column in zip(*values, strict=True))
        for name, values in taken.items()
    }
    base = rates["bare, sorted by length"]
    for name, (wall, cpu) in rates.items():
        share = (f"{wall / base[0]:.0%}", f"{cpu / base[1]:.0%}")
        section.rows.append((name, f"{wall:,.0f}", f"{cpu:,.0f}", *share))
    ours, fifo = rates["through gRPC"], rates["first-come, padded"]
    ratio = ours[0] / base[0]
    section.goals.append(Goal(f"{ratio:.0%} of bare; promised are 95%", ratio >= 0.95))
    ratio = ours[0] / fifo[0]
    section.goals.append(Goal(f"{ratio:.2f}× first-come; promised are 1.5×", ratio >= 1.5))
    return section


async def _timed(run: Callable[[], Awaitable[None]], pid: int | None) -> tuple[float, float]:
    cpu = cpu_seconds(pid) if pid else process_time()
    started = perf_counter()
    await run()
    wall = perf_counter() - started
    return wall, (cpu_seconds(pid) if pid else process_time()) - cpu


async def latency(*, calls: int) -> Section:
    """One short text after the other, idle and while bulk work takes all there is."""
    section = Section(
        "A short text while bulk work saturates the model",
        f"`Embed` of {len(_SHORT.split())} words, one call after the other, {calls} calls: first "
        f"alone, then beside {_IN_FLIGHT} endless `EmbedBatch` calls of {_BATCH} texts of mixed "
        "lengths. Milliseconds.",
        ("what", "p50", "p90", "p99"),
    )
    requests = batches(texts_of_mixed_lengths(1024))
    short = pb.EmbedRequest(text=_SHORT).SerializeToString()
    async with running_embedding() as client:
        idle = await _latencies(client, short, calls)
        is_done = False

        async def saturate(place: int) -> None:
            while not is_done:
                place = (place + 1) % len(requests)
                await client.call("EmbedBatch", requests[place])

        bulk = [asyncio.create_task(saturate(place)) for place in range(_IN_FLIGHT)]
        await asyncio.wait(bulk, timeout=1)
        busy = await _latencies(client, short, calls)
        is_done = True
        await asyncio.gather(*bulk)
    for name, values in (("idle", idle), ("beside bulk work", busy)):
        section.rows.append((name, *(f"{np.percentile(values, p):.1f}" for p in (50, 90, 99))))
    ratio = float(np.percentile(busy, 99) / np.percentile(idle, 99))
    section.goals.append(Goal(f"p99 is {ratio:.1f}× idle; promised are 2×", ratio <= 2))
    return section


async def _latencies(client: Client, request: bytes, calls: int) -> list[float]:
    values: list[float] = []
    for _ in range(calls):
        started = perf_counter()
        await client.call("Embed", request)
        values.append((perf_counter() - started) * 1000)
    return values


async def memory(*, count: int) -> Section:
    """Memory of the service over many texts."""
    section = Section(
        f"Memory over {count:,} texts",
        "A model of two small layers, so that what is measured is the service: the same queue, "
        f"threads and answers. Calls of 1,024 texts, {_IN_FLIGHT} in flight. Resident memory after "
        "the first twentieth and at the end.",
        ("texts", "resident MiB"),
    )
    chance = random.Random(3)
    texts = [
        " ".join(chance.choices(tiny_model.WORDS, k=chance.randint(1, 20))) for _ in range(1024)
    ]
    [request] = batches(texts, 1024)
    steps, calls = 20, count // 1024 // 20
    with TemporaryDirectory() as folder:
        source = str(tiny_model.write(Path(folder) / "tiny"))
        async with running_embedding(OMS_EMBEDDING_MODEL=source) as client:
            sizes: list[float] = []
            for step in range(steps):
                await client.in_flight(
                    "EmbedBatch", [request] * (count // 1024 // steps), _IN_FLIGHT
                )
                sizes.append(_resident_mib(client.pid))
                if step in (0, steps // 2, steps - 1):
                    done = (step + 1) * calls * 1024
                    section.rows.append((f"{done:,}", f"{sizes[-1]:.1f}"))
    growth = sizes[-1] / sizes[0] - 1
    section.goals.append(Goal(f"grew by {growth:.1%}; promised are less than 5%", growth < 0.05))
    return section


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
