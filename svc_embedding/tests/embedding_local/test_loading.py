"""Models that can't be used say so, and never give a wrong vector."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oms_core.errors import ModelUnusable, ServiceUnavailable
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.loading import check_same
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.adapters.onnx.models import LocalModels
from svc_embedding.adapters.onnx.running import Patient
from svc_embedding.domain.embedding import EmbedOptions
from svc_embedding.domain.local_model import Device, LocalModelConfig, Precision, id_of_source
from svc_embedding.domain.models import ModelState

from embedding_local.making import cut, unusable

Add = Callable[..., LocalModel]


@pytest.mark.parametrize("where", ["locate", "open_session"])
async def test_a_failure_that_nobody_thought_of_is_remembered_too(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    from svc_embedding.adapters.onnx import loading

    calls = list[Any]()

    def fail(*arguments: Any, **_: Any) -> Any:
        calls.append(arguments)
        raise ArithmeticError("secret")

    monkeypatch.setattr(loading, where, fail)
    model = add(tiny.write(tmp_path / "m"))
    for _ in range(2):
        error = await unusable(model)
        assert "ArithmeticError" in error.message
        assert "secret" not in error.message
    assert len(calls) == 1


async def test_a_graph_that_fails_on_its_first_text_is_refused(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from svc_embedding.adapters.onnx.session import Session

    class OfOnnxRuntime(Exception):
        pass

    def fail(*_: Any) -> Any:
        raise OfOnnxRuntime("[ONNXRuntimeError] : 2 : INVALID_ARGUMENT")

    monkeypatch.setattr(Session, "run", fail)
    assert "fails on a short text" in (await unusable(add(tiny.write(tmp_path / "m")))).message


def _rewrite(file: Path, **fields: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


_DAMAGE: dict[str, Callable[[Path], Any]] = {
    "model.safetensors": lambda folder: cut(folder / "model.safetensors", at=0.7),
    "tokenizer.json": lambda folder: cut(folder / "tokenizer.json", at=0.5),
    "config.json": lambda folder: cut(folder / "config.json", at=0.5),
    "modules.json": lambda folder: (folder / "modules.json").write_text("[1]"),
}


@pytest.mark.parametrize("file", _DAMAGE)
async def test_a_cut_file_is_named(add: Add, tmp_path: Path, file: str) -> None:
    folder = tiny.write(tmp_path / "m")
    _DAMAGE[file](folder)
    error = await unusable(add(folder))
    assert error.metadata["file"] == file
    assert str(tmp_path) not in error.message


@pytest.mark.parametrize("file", ["tokenizer.json", "config.json", "model.safetensors"])
async def test_a_missing_file_is_named(add: Add, tmp_path: Path, file: str) -> None:
    folder = tiny.write(tmp_path / "m")
    (folder / file).unlink()
    assert file in (await unusable(add(folder))).message


async def test_weights_without_the_pinned_hash_are_refused(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m")
    weights = folder / "model.safetensors"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert (await add(folder, digest=digest).ready()).facts.digest == digest
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    error = await unusable(add(folder, digest=digest))
    assert error.metadata["file"] == "model.safetensors"
    assert digest in error.metadata["why"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"model_type": "t5"}, "'t5'"),
        ({"position_embedding_type": "relative_key"}, "ONNX graph"),
        ({"hidden_act": "swiglu"}, "swiglu"),
        ({"num_hidden_layers": 3}, "encoder.layer.2"),
        ({"num_attention_heads": "many"}, "many"),
        ({"num_attention_heads": 5}, "CPUExecutionProvider"),
    ],
)
async def test_a_configuration_that_does_not_fit_is_refused(
    add: Add, tmp_path: Path, fields: Any, why: str
) -> None:
    folder = tiny.write(tmp_path / "m")
    _rewrite(folder / "config.json", **fields)
    assert why in (await unusable(add(folder))).message


async def test_pooling_that_is_not_supported_is_named(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", pooling="max_tokens")
    assert "pooling_mode_max_tokens" in (await unusable(add(folder))).message


async def test_pooling_that_leaves_the_prefix_out_is_refused_where_there_is_one(
    add: Add, tmp_path: Path
) -> None:
    folder = tiny.write(tmp_path / "m", prompts={"query": "w9 "})
    _rewrite(folder / "1_Pooling" / "config.json", include_prompt=False)
    assert "leaves the prefix out" in (await unusable(add(folder))).message
    assert len((await add(folder, query_prefix="").embed(["w1"], EmbedOptions())).vectors) == 1


async def test_weights_that_give_no_numbers_are_refused(add: Add, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    folder = tiny.write(tmp_path / "m")
    weights = load_file(folder / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"][0] = np.nan
    save_file(weights, folder / "model.safetensors")
    assert "finite" in (await unusable(add(folder))).message


async def test_int8_needs_a_quantised_graph(add: Add, tmp_path: Path) -> None:
    error = await unusable(add(tiny.write(tmp_path / "m"), precision=Precision.INT8))
    assert "oms-embedding export" in error.message


async def test_a_failure_is_remembered_until_it_is_loaded_again(add: Add, tmp_path: Path) -> None:
    model = add(tmp_path / "m")
    first = await unusable(model)
    tiny.write(tmp_path / "m")
    # Not looked at again at once: a large model is not hashed for every call.
    again = await unusable(model)
    assert (again.message, again.metadata) == (first.message, first.metadata)
    # What was raised holds the frames of its call, and what is remembered must not.
    assert again is not first
    assert again.__cause__ is again.__context__ is None
    await model.load()
    assert model.status().state is ModelState.READY


async def test_a_device_that_is_not_there_is_refused_or_falls_back_and_says_so(
    local: LocalModels, add: Add, tmp_path: Path
) -> None:
    folder = tiny.write(tmp_path / "m")
    error = await unusable(add(folder, device=Device.CUDA))
    assert "CUDAExecutionProvider" in error.message
    model = add(folder, device=Device.CUDA, is_fallback_allowed=True)
    made = await model.embed(["w1"], EmbedOptions())
    assert made.served.is_fallback
    assert made.served.execution_provider == "CPUExecutionProvider"
    [provider] = model.status().providers
    assert provider.is_fallback
    assert provider.requested_execution_provider == "CUDAExecutionProvider"
    with pytest.raises(ServiceUnavailable, match="could not be loaded"):
        await local.check()


async def test_health_tells_of_a_fallback(local: LocalModels, tmp_path: Path) -> None:
    folder = str(tiny.write(tmp_path / "m"))
    config = LocalModelConfig(
        id="fallen", source=folder, device=Device.TENSORRT, is_fallback_allowed=True
    )
    model = local.add(config)
    await local.check()
    await local.preload()
    assert model.status().state is ModelState.READY
    with pytest.raises(ServiceUnavailable, match=r"'fallen' runs on CPUExecutionProvider, not on"):
        await local.check()


def test_a_device_that_gives_other_vectors_is_refused() -> None:
    config = LocalModelConfig(id="m", source="m", device=Device.CUDA)
    expected = np.eye(3, dtype=np.float32)
    check_same(expected * 1.001, expected, config)
    with pytest.raises(ModelUnusable, match="cosine"):
        check_same(np.roll(expected, 1, axis=0), expected, config)
    with pytest.raises(ModelUnusable, match="cosine"):
        check_same(np.full((3, 3), np.nan, np.float32), expected, config)


class _Device:
    """Runs at most so many texts at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.sizes: list[int] = []

    def __call__(self, batch: Any) -> Any:
        self.sizes.append(len(batch))
        if len(batch) > self._most:
            raise RuntimeError("Failed to allocate memory for requested buffer of size 1")
        return np.array([[len(each.ids)] for each in batch], np.float32)


class _Text:
    def __init__(self, length: int) -> None:
        self.ids = np.zeros(length, np.int32)


def test_a_batch_too_large_for_the_device_runs_in_halves() -> None:
    device = _Device(2)
    batch: Any = [_Text(length) for length in (5, 4, 3, 2, 1)]
    vectors = Patient(device, model="m")(batch)
    assert vectors[:, 0].tolist() == [5, 4, 3, 2, 1]
    assert device.sizes == [5, 2, 3, 1, 2]
    with pytest.raises(ServiceUnavailable, match="no memory left for 5 tokens"):
        Patient(_Device(0), model="m")(batch)


class _Hub(BaseHTTPRequestHandler):
    """A model hub with one model, as far as a download asks it."""

    folder: Path
    commit = "0123456789abcdef0123456789abcdef01234567"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        parts = self.path.partition("?")[0].split("/")
        if parts[1:5] == ["api", "models", "acme", "tiny"] and parts[5] == "revision":
            self._info() if parts[6] in ("main", "v1", self.commit) else self._missing("Revision")
        elif parts[1:6] == ["api", "models", "acme", "tiny", "tree"]:
            self._tree()
        elif parts[1:4] == ["acme", "tiny", "resolve"]:
            self._file(self.folder / "/".join(parts[5:]))
        else:
            self._missing("Repo")

    do_HEAD = do_GET

    def _info(self) -> None:
        siblings = [{"rfilename": name} for name in self._files()]
        self._json({"id": "acme/tiny", "sha": self.commit, "siblings": siblings})

    def _tree(self) -> None:
        files = self._files().items()
        self._json(
            [
                {
                    "type": "file",
                    "path": name,
                    "size": len(data),
                    "oid": hashlib.sha1(data).hexdigest(),
                }
                for name, data in files
            ]
        )

    def _files(self) -> dict[str, bytes]:
        return {
            str(each.relative_to(self.folder)): each.read_bytes()
            for each in sorted(self.folder.rglob("*"))
            if each.is_file()
        }

    def _json(self, content: Any) -> None:
        self._send(json.dumps(content).encode(), {"content-type": "application/json"})

    def _file(self, file: Path) -> None:
        content = file.read_bytes()
        etag = hashlib.sha256(content).hexdigest()
        self._send(content, {"etag": f'"{etag}"', "x-repo-commit": self.commit})

    def _missing(self, what: str) -> None:
        self.send_response(404)
        self.send_header("x-error-code", f"{what}NotFound")
        self.send_header("content-length", "0")
        self.end_headers()

    def _send(self, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


@contextmanager
def _hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    handler = type("Hub", (_Hub,), {"folder": folder, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    try:
        yield handler.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_model_of_the_hub_is_downloaded_once_at_its_commit(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny.write(tmp_path / "m")
    (folder / "pytorch_model.bin").write_bytes(b"not wanted")
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    with _hub(folder, monkeypatch) as asked:
        model = add("acme/tiny", revision="v1", digest=digest)
        first = await model.embed(["w1"], EmbedOptions())
        assert model.facts.revision == _Hub.commit
        assert first.served.space == f"acme/tiny@{_Hub.commit}#24"
        assert not any("pytorch_model" in path for path in asked)
        missing = await unusable(add("acme/other"))
        assert "'acme/other'" in missing.message
        assert "'v9'" in (await unusable(add("acme/tiny", revision="v9"))).message
        wrong = await unusable(add("acme/tiny", digest="0" * 64))
        assert wrong.metadata["file"] == "model.safetensors"
    local = await add(folder).embed(["w1"], EmbedOptions())
    np.testing.assert_array_equal(first.vectors, local.vectors)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_hub_that_does_not_answer_is_unavailable(
    add: Add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _hub(tmp_path, monkeypatch):
        pass
    with pytest.raises(ServiceUnavailable) as caught:
        await add("acme/tiny").embed(["w1"], EmbedOptions())
    assert caught.value.retry_after_s == 30


def test_ids_come_from_the_last_part_of_a_source() -> None:
    assert id_of_source("BAAI/bge-small-en-v1.5") == "bge-small-en-v1.5"
    assert id_of_source("/models/My Model/") == "my-model"
    assert id_of_source("///") == "model"
