"""What the tests of local models make and expect."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from oms_core.errors import ModelUnusable
from onnx import TensorProto, helper, numpy_helper, save
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.domain.embedding import EmbedOptions
from svc_embedding.domain.models import ModelState


async def unusable(model: LocalModel) -> ModelUnusable:
    """The error of a model that is used, which its status repeats."""
    with pytest.raises(ModelUnusable) as caught:
        await model.embed(["w1"], EmbedOptions())
    status = model.status()
    assert status.state is ModelState.FAILED
    assert status.state_reason == caught.value.message
    assert not status.providers[0].is_available
    return caught.value


def cut(file: Path, *, at: float) -> None:
    """Keeps only the first part of a file."""
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * at)])


def exported(folder: Path, *, output: str, pooler: str = "", external: str = "") -> Path:
    """A graph as others export it: rows of a table for each token, or the first one's.

    Args:
        pooler: Name of one more output, before the others.
        external: Name of a file for the table.
    """
    folder.mkdir(exist_ok=True)
    table = np.random.default_rng(1).normal(size=(64, 6)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
        helper.make_node("Cast", ["attention_mask"], ["unused"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["tokens", "zero"], ["first"], axis=1),
        helper.make_node("Identity", ["tokens"], ["last_hidden_state"]),
        helper.make_node("Identity", ["first"], ["sentence_embedding"]),
        *([helper.make_node("Identity", ["first"], [pooler])] if pooler else []),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "s"])
        for name in ("input_ids", "attention_mask")
    ]
    shape = ["b", "s", 6] if output == "last_hidden_state" else ["b", 6]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
    if pooler:
        outputs.insert(0, helper.make_tensor_value_info(pooler, TensorProto.FLOAT, ["b", 6]))
    values = [numpy_helper.from_array(table, "table")]
    values.append(numpy_helper.from_array(np.array(0, np.int64), "zero"))
    graph = helper.make_graph(nodes, "g", inputs, outputs, values)
    opsets = [helper.make_opsetid("", 17)]
    model, file = (
        helper.make_model(graph, opset_imports=opsets, ir_version=9),
        folder / "model.onnx",
    )
    if external:
        save(model, str(file), save_as_external_data=True, location=external, size_threshold=64)
    else:
        save(model, str(file))
    return file
