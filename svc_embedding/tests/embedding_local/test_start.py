"""What the service costs a process that embeds nothing."""

from __future__ import annotations

import subprocess
import sys

_HEAVY = (
    *("onnxruntime", "tokenizers", "onnx", "huggingface_hub", "safetensors", "redis"),
    *("svc_embedding.domain.model_config", "svc_embedding.adapters.providers.factory"),
)


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    script = f"import sys, svc_embedding.setup; print([n for n in {_HEAVY} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=100
    )
    assert done.stdout.strip() == "[]"
