"""The same vectors on a GPU, where there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnxruntime
import pytest
from oms_testing import tiny_model as tiny
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.domain.embedding import EmbedOptions
from svc_embedding.domain.local_model import Device, Precision

from .reference import cosine

_CUDA = "CUDAExecutionProvider"

pytestmark = pytest.mark.skipif(
    _CUDA not in onnxruntime.get_available_providers(),
    reason="this build of ONNX Runtime has no CUDA: install requirements/gpu.lock on a GPU machine",
)


@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.FLOAT16])
async def test_a_gpu_gives_what_the_cpu_does(
    add: Callable[..., LocalModel], tmp_path: Path, precision: Precision
) -> None:
    folder = tiny.write(tmp_path / "m")
    texts = ["w1", "w2 w3 w4", "w5 " * 20]
    expected = await add(folder).embed(texts, EmbedOptions())
    made = await add(folder, device=Device.CUDA, precision=precision).embed(texts, EmbedOptions())
    assert (made.served.execution_provider, made.served.is_fallback) == (_CUDA, False)
    for one, other in zip(expected.vectors, made.vectors, strict=True):
        assert cosine(one, other) > 0.999
