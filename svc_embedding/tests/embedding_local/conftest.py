"""Local models without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from oms_core.clock import SystemClock
from svc_embedding.adapters.onnx.model import LocalModel
from svc_embedding.adapters.onnx.models import LocalModels
from svc_embedding.domain.local_model import LocalModelConfig


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalModels]:
    models = LocalModels(tmp_path / "hub", SystemClock(), threads=1, batch_tokens=128)
    yield models
    await models.close()


@pytest.fixture
def add(local: LocalModels) -> Callable[..., LocalModel]:
    """Makes a model out of the fields of its configuration."""

    def make(source: Path | str, **fields: Any) -> LocalModel:
        return local.add(LocalModelConfig(id="tiny", source=str(source), **fields))

    return make
