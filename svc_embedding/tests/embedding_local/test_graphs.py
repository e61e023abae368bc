"""Graphs that others exported are used as they are, or refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.adapters.onnx.running import pool
from svc_embedding.domain.embedding import EmbedOptions
from svc_embedding.domain.local_model import Device

from embedding_local.making import cut, exported, unusable

Add = Callable[..., LocalModel]


async def test_inputs_and_outputs_can_be_bound_to_the_device(tmp_path: Path) -> None:
    from svc_embedding.adapters.onnx.session import Graph, open_session

    graph = Graph(exported(tmp_path, output="last_hidden_state"), {})
    session = open_session(graph, Device.CPU, threads=1, is_fallback_allowed=False, model="m")
    feeds = {
        "input_ids": np.array([[1, 2], [3, 0]], np.int64),
        "attention_mask": np.array([[1, 1], [1, 0]], np.int64),
    }
    plain = session.run(feeds, "last_hidden_state")
    np.testing.assert_array_equal(session.run_bound(feeds, "last_hidden_state"), plain)


def _add_module(folder: Path, kind: str) -> None:
    file = folder / "modules.json"
    modules = json.loads(file.read_text())
    added = {"path": f"3_{kind}", "type": f"sentence_transformers.models.{kind}"}
    file.write_text(json.dumps([*modules, added]))


@pytest.mark.parametrize("has_graph", [False, True])
async def test_a_module_that_would_be_left_out_is_refused(
    add: Add, tmp_path: Path, has_graph: bool
) -> None:
    folder = tiny.write(tmp_path / "m")
    _add_module(folder, "Dense")
    if has_graph:
        exported(folder, output="last_hidden_state")
    error = await unusable(add(folder))
    assert error.metadata["file"] == "modules.json"
    assert "Dense" in error.metadata["why"]


async def test_a_graph_of_the_whole_model_has_every_module_in_it(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", is_normalized=False)
    _add_module(folder, "Dense")
    exported(folder, output="sentence_embedding")
    assert (await add(folder).embed(["w1"], EmbedOptions())).vectors.shape == (1, 6)


@pytest.mark.parametrize("pooling", ["mean_tokens", "cls_token", "lasttoken"])
async def test_a_graph_in_the_folder_is_used_as_it_is(
    add: Add, tmp_path: Path, pooling: str
) -> None:
    folder = tiny.write(tmp_path / "m", pooling=pooling)
    file = exported(folder, output="last_hidden_state")
    model = add(folder)
    made = await model.embed(["w1 w2", "w3 w4 w5 w6"], EmbedOptions())
    assert model.facts.digest == hashlib.sha256(file.read_bytes()).hexdigest()
    table = np.random.default_rng(1).normal(size=(64, 6)).astype(np.float32)
    ids = np.array([[2, 5, 6, 3, 0, 0], [2, 7, 8, 9, 10, 3]])
    kind = {"mean_tokens": "mean", "cls_token": "cls", "lasttoken": "last"}[pooling]
    expected = pool(table[ids], np.array([4, 6]), kind)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(made.vectors, expected, atol=1e-6)


async def test_a_graph_that_pools_itself_is_not_pooled_again(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m", is_normalized=False)
    exported(folder, output="sentence_embedding")
    made = await add(folder).embed(["w1 w2"], EmbedOptions())
    table = np.random.default_rng(1).normal(size=(64, 6)).astype(np.float32)
    np.testing.assert_allclose(made.vectors[0], table[2], atol=1e-6)


async def test_a_cut_graph_is_refused(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m")
    cut(exported(folder, output="last_hidden_state"), at=0.5)
    assert (await unusable(add(folder))).metadata["file"] == "model.onnx"


async def test_the_pooler_of_bert_is_not_taken_for_the_vector_of_a_text(
    add: Add, tmp_path: Path
) -> None:
    folder = tiny.write(tmp_path / "m", pooling="lasttoken", is_normalized=False)
    exported(folder, output="last_hidden_state", pooler="pooler_output")
    made = await add(folder).embed(["w1 w2"], EmbedOptions())
    table = np.random.default_rng(1).normal(size=(64, 6)).astype(np.float32)
    np.testing.assert_allclose(made.vectors[0], table[3], atol=1e-6)


def _sha256sum(*files: Path) -> str:
    """What the command prints in the folder of the files."""
    return "".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files)


async def test_a_digest_covers_weights_in_other_files(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m")
    graph = exported(folder, output="last_hidden_state", external="model.onnx_data")
    data = folder / "model.onnx_data"
    digest = hashlib.sha256(_sha256sum(graph, data).encode()).hexdigest()
    model = add(folder, digest=digest)
    await model.embed(["w1"], EmbedOptions())
    assert model.facts.digest == digest
    content = bytearray(data.read_bytes())
    content[-1] ^= 1
    data.write_bytes(content)
    assert digest in (await unusable(add(folder, digest=digest))).metadata["why"]
    data.unlink()
    assert (await unusable(add(folder))).metadata["file"] == "model.onnx_data"


async def test_a_graph_reads_no_file_elsewhere(add: Add, tmp_path: Path) -> None:
    folder = tiny.write(tmp_path / "m")
    graph = exported(folder, output="last_hidden_state", external="aa_data")
    assert b"aa_data" in graph.read_bytes()
    graph.write_bytes(graph.read_bytes().replace(b"aa_data", b"../data"))
    (folder / "aa_data").rename(tmp_path / "data")
    assert "no file below its folder" in (await unusable(add(folder))).message
