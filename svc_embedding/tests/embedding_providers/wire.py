"""Servers that answer as the providers' documentation says, or fail as told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Json = Any


@dataclass
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        return json.loads(self.raw)


@dataclass
class Sent:
    """An answer. `cut` closes the connection in the middle of it; `hang` never answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    hang: bool = False


Api = Callable[[Received], Sent]
Fault = Callable[[Received, Api], Sent]


class WireServer:
    """One HTTP server with any number of APIs, each below a path of its own.

    `faults[path]` is what the next requests get in place of an answer; the last one stays if
    `stays[path]`.
    """

    def __init__(self) -> None:
        self.port = 0
        self.apis: dict[str, Api] = {}
        self.faults: dict[str, deque[Fault]] = {}
        self.stays: dict[str, bool] = {}
        self.requests: list[Received] = []
        self.hung = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, limit=2**26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def fails(self, path: str, *faults: Fault, stays: bool = False) -> None:
        self.faults[path] = deque(faults)
        self.stays[path] = stays

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (received := await _read(reader)) is not None:
                self.requests.append(received)
                sent = self._answer(received)
                if sent.hang:
                    self.hung.set()
                    await asyncio.Event().wait()
                head = f"HTTP/1.1 {sent.status} x\r\ncontent-length: {len(sent.body)}\r\n"
                head += "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
                body = sent.body[: len(sent.body) // 2] if sent.cut else sent.body
                writer.write(head.encode() + b"\r\n" + body)
                await writer.drain()
                if sent.cut:
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _answer(self, received: Received) -> Sent:
        path = next(path for path in self.apis if received.target.startswith(path))
        api, faults = self.apis[path], self.faults.get(path)
        if not faults:
            return api(received)
        fault = faults[0] if len(faults) == 1 and self.stays[path] else faults.popleft()
        return fault(received, api)


async def _read(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, target, headers, raw)


def vector_of(text: str, dimensions: int) -> np.ndarray:
    """A text's vector, of length 1: the same from every provider."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    vector = np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
    return vector / np.linalg.norm(vector)


def tokens_of(text: str) -> int:
    """How many tokens every provider counts in a text."""
    return len(text.split()) + 2


def answered(body: Json, **headers: str) -> Sent:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(200, {"content-type": "application/json", **names}, json.dumps(body).encode())


def refused(status: int, body: Json, **headers: str) -> Sent:
    sent = answered(body, **headers)
    return Sent(status, sent.headers, sent.body)


def _rows(texts: list[str], dimensions: int) -> list[list[float]]:
    return [vector_of(text, dimensions).tolist() for text in texts]


def _packed(text: str, dimensions: int) -> str:
    return base64.b64encode(vector_of(text, dimensions).astype("<f4").tobytes()).decode()


@dataclass
class Apis:
    """The providers' APIs, over a model whose vectors have a length.

    Args:
        max_tokens: What a text may have; None: anything.
    """

    dimensions: int = 8
    max_tokens: int | None = None

    def openai(self, received: Received) -> Sent:
        body = received.body
        assert received.headers["authorization"] == "Bearer key-1"
        assert set(body) <= {"input", "model", "encoding_format", "dimensions"}
        return self.openai_body(body)

    def openai_body(self, body: Json) -> Sent:
        texts, length = body["input"], body.get("dimensions", self.dimensions)
        assert 1 <= len(texts) <= 2048
        for text in texts:
            if self.max_tokens is not None and tokens_of(text) > self.max_tokens:
                return refused(400, _openai_too_long(self.max_tokens, tokens_of(text)))
        is_packed = body["encoding_format"] == "base64"
        data = [
            {
                "object": "embedding",
                "index": at,
                "embedding": _packed(text, length)
                if is_packed
                else vector_of(text, length).tolist(),
            }
            for at, text in enumerate(texts)
        ]
        # The order of `data` is not promised; `index` is.
        used = sum(tokens_of(text) for text in texts)
        return answered(
            {
                "object": "list",
                "data": data[::-1],
                "model": body.get("model", ""),
                "usage": {"prompt_tokens": used, "total_tokens": used},
            }
        )

    def azure(self, received: Received) -> Sent:
        assert received.headers["api-key"] == "key-1"
        assert "authorization" not in received.headers
        return self.openai_body(received.body)

    def compatible(self, received: Received) -> Sent:
        return self.openai_body(received.body)

    def cohere(self, received: Received) -> Sent:
        body = received.body
        assert received.headers["authorization"] == "Bearer key-1"
        assert len(body["texts"]) <= 96
        assert body["input_type"] in {"search_query", "search_document"}
        assert body["truncate"] in {"NONE", "START", "END"}
        length = body.get("output_dimension", self.dimensions)
        return answered(
            {
                "id": "5807ee2e-0cda-445a-9ec8-864c60a06606",
                "embeddings": {"float": _rows(body["texts"], length)},
                "texts": body["texts"],
                "meta": {
                    "api_version": {"version": "2"},
                    "billed_units": {"input_tokens": sum(map(tokens_of, body["texts"]))},
                },
                "response_type": "embeddings_by_type",
            }
        )

    def voyage(self, received: Received) -> Sent:
        body = received.body
        assert received.headers["authorization"] == "Bearer key-1"
        assert len(body["input"]) <= 1000
        assert body.get("input_type", "query") in {"query", "document"}
        assert isinstance(body["truncation"], bool)
        length = body.get("output_dimension", self.dimensions)
        return answered(
            {
                "object": "list",
                "data": [
                    {"object": "embedding", "embedding": _packed(text, length), "index": at}
                    for at, text in enumerate(body["input"])
                ],
                "model": body["model"],
                "usage": {"total_tokens": sum(map(tokens_of, body["input"]))},
            }
        )

    def huggingface(self, received: Received) -> Sent:
        body = received.body
        assert received.headers["authorization"] == "Bearer key-1"
        assert body["truncation_direction"] in {"Left", "Right"}
        rows = _rows(body["inputs"], body.get("dimensions", self.dimensions))
        tokens = str(sum(map(tokens_of, body["inputs"])))
        return answered(rows, x_compute_type="gpu+optimized", x_compute_tokens=tokens)

    def tei(self, received: Received) -> Sent:
        body = received.body
        rows = _rows(body["inputs"], body.get("dimensions", self.dimensions))
        return answered(rows, x_compute_tokens=str(sum(map(tokens_of, body["inputs"]))))

    def google(self, received: Received) -> Sent:
        assert received.headers["x-goog-api-key"] == "key-1"
        assert "key" not in received.target
        requests = received.body["requests"]
        assert len(requests) <= 100
        values = []
        for request in requests:
            assert request["model"].startswith("models/")
            (part,) = request["content"]["parts"]
            length = request.get("outputDimensionality", self.dimensions)
            # Shortened vectors are not of length 1 here.
            values.append({"values": (vector_of(part["text"], length) * 0.5).tolist()})
        return answered({"embeddings": values})

    def vertex(self, received: Received) -> Sent:
        body = received.body
        assert received.headers["authorization"] == "Bearer ya29.token"
        assert len(body["instances"]) <= 250
        length = body["parameters"].get("outputDimensionality", self.dimensions)
        predictions = []
        for instance in body["instances"]:
            tokens = tokens_of(instance["content"])
            most = self.max_tokens or tokens
            statistics = {"truncated": tokens > most, "token_count": min(tokens, most)}
            values = vector_of(instance["content"], length).tolist()
            predictions.append({"embeddings": {"statistics": statistics, "values": values}})
        return answered({"predictions": predictions, "metadata": {"billableCharacterCount": 1}})


def _openai_too_long(most: int, requested: int) -> Json:
    return {
        "error": {
            "message": f"This model's maximum context length is {most} tokens, however you "
            f"requested {requested} tokens ({requested} in your prompt; 0 for the completion). "
            "Please reduce your prompt; or completion length.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def _status(status: int, code: str, **headers: str) -> Fault:
    # The message holds what must not be repeated.
    body = {"error": {"message": "for key sk-SECRET", "type": code, "param": None, "code": code}}
    return lambda _received, _api: refused(status, body, **headers)


def _changed(change: Callable[[list[Json]], Json]) -> Fault:
    """The right answer in OpenAI's form with numbers in it, changed."""

    def fault(received: Received, api: Api) -> Sent:
        plain = {**received.body, "encoding_format": "float"}
        body = json.loads(api(Received("", "", received.headers, json.dumps(plain).encode())).body)
        body["data"] = change(body["data"])
        return answered(body)

    return fault


def _with_vector(data: list[Json], change: Callable[[list[float]], Any]) -> list[Json]:
    return [*data[:-1], {**data[-1], "embedding": change(data[-1]["embedding"])}]


def _nan(vector: list[float]) -> str:
    packed = np.array([*vector[:-1], np.nan], "<f4").tobytes()
    return base64.b64encode(packed).decode()


def _all_nan(data: list[Json]) -> list[Json]:
    return [{**each, "embedding": _nan(each["embedding"])} for each in data]


FAULTS: dict[str, Fault] = {
    "429 with retry-after": _status(429, "rate_limit_exceeded", retry_after="2"),
    "429": _status(429, "rate_limit_exceeded"),
    "500": _status(500, "server_error"),
    "503": _status(503, "overloaded"),
    "timeout": lambda _received, _api: Sent(hang=True),
    "cut": lambda received, api: Sent(200, {}, api(received).body, cut=True),
    "dimension": _changed(lambda data: [{**each, "embedding": [0.5] * 3} for each in data]),
    "ragged": _changed(lambda data: _with_vector(data, lambda vector: vector[:-1])),
    "nan": _changed(_all_nan),
    "null": _changed(lambda data: _with_vector(data, lambda vector: [*vector[:-1], None])),
    "fewer": _changed(lambda data: data[1:] if data[0]["index"] else data[:-1]),
    "zeros": _changed(lambda data: _with_vector(data, lambda vector: [0.0] * len(vector))),
    "no json": lambda _received, _api: Sent(200, {}, b"<html>gateway</html>"),
    "no vectors": lambda _received, _api: answered({"object": "list"}),
    "401": _status(401, "invalid_api_key"),
    "404": _status(404, "model_not_found"),
}
