"""A real local model in a chain with a provider elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oms_core.clock import SystemClock
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.models import LocalModels
from svc_embedding.domain.embedding import EmbedOptions, Purpose
from svc_embedding.domain.models import Models

from embedding_providers.conftest import Open
from embedding_providers.wire import Apis, WireServer

_SIZE = 24


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalModels]:
    models = LocalModels(tmp_path / "hub", SystemClock(), threads=1)
    yield models
    await models.close()


def _mixed(folder: Path, open_models: Open, local: LocalModels) -> Models:
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    own = {"kind": "onnx", "source": str(folder), "digest": digest}
    other = {"kind": "tei", "model": folder.name, "revision": digest, "path": "/tei"}
    model: dict[str, Any] = {"id": "tiny", "dimensions": _SIZE, "max_tokens": 30}
    return open_models({"models": [model | {"providers": [own, other]}]}, local=local.add)


async def test_a_local_model_answers_first_in_the_space_of_all(
    open_models: Open, local: LocalModels, tmp_path: Path
) -> None:
    model = _mixed(tiny.write(tmp_path / "tiny"), open_models, local).get()
    embedder = await model.ready()
    made = await embedder.embed(["w1 w2"], EmbedOptions())
    assert (made.served.provider, made.served.is_fallback) == ("onnx", False)
    assert made.served.space == embedder.facts.space()


async def test_all_of_a_chain_have_the_same_prefixes_and_normalise_alike(
    open_models: Open, local: LocalModels, server: WireServer, tmp_path: Path
) -> None:
    """What only the files of the local model say, the others can't do."""
    prompts = {"query": "w9 ", "document": "w8 "}
    folder = tiny.write(tmp_path / "tiny", prompts=prompts, is_normalized=False)
    server.apis = {"/tei": Apis(dimensions=_SIZE).tei}
    model = _mixed(folder, open_models, local).get()
    embedder = await model.ready()
    plain = (await embedder.embed(["w1"], EmbedOptions())).vectors
    for purpose in Purpose:
        made = await embedder.embed(["w1"], EmbedOptions(purpose=purpose))
        np.testing.assert_array_equal(made.vectors, plain)
    np.testing.assert_allclose(np.linalg.norm(plain, axis=1), 1.0, rtol=1e-5)
    (folder / "model.safetensors").unlink()
    await model.unload()
    made = await embedder.embed(["w1"], EmbedOptions(purpose=Purpose.QUERY))
    assert made.served.is_fallback
    assert server.requests[-1].body["inputs"] == ["w1"]
