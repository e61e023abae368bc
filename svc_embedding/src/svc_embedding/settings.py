"""Settings of the embedding service."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from oms_core.settings import Settings
from pydantic import Field


class EmbeddingSettings(Settings):
    """The model that is used when no other is named, and how local models run."""

    data_dir: Path = Field(default=Path("data"), validation_alias="OMS_DATA_DIR")
    """Directory of everything OMS keeps; the service's own is `embedding` in it."""

    models_file: Path | None = Field(default=None, validation_alias="OMS_EMBEDDING_MODELS")
    """TOML file with models and their providers, as `docs/embedding/providers.md` describes; in
    place of the one model of the next variables. Left out: there is that one."""
    model: str = Field(
        default="all-MiniLM-L6-v2", min_length=1, validation_alias="OMS_EMBEDDING_MODEL"
    )
    """The local model: `all-MiniLM-L6-v2`, which is built in; a folder in the layout of
    sentence-transformers, as an absolute path or with `./` before it; or a name at the hub, such as
    `BAAI/bge-small-en-v1.5`. Its last part in lower case is its id."""
    revision: str = Field(default="", validation_alias="OMS_EMBEDDING_REVISION")
    """Commit, tag or branch of the model at the hub. Left out: its main branch when it is
    first downloaded."""
    digest: str = Field(
        default="", pattern="^([0-9a-f]{64})?$", validation_alias="OMS_EMBEDDING_DIGEST"
    )
    """SHA-256 that the model's weights have to have. Left out: not checked."""
    precision: Literal["float32", "float16", "int8"] = Field(
        default="float32", validation_alias="OMS_EMBEDDING_PRECISION"
    )
    """Numbers of the weights. int8 makes a text's vector depend a little on its neighbours."""
    device: Literal["cpu", "cuda", "tensorrt"] = Field(
        default="cpu", validation_alias="OMS_EMBEDDING_DEVICE"
    )
    """Where local models run. What is asked for is what runs, or the model does not load."""
    is_fallback_allowed: bool = Field(
        default=False, validation_alias="OMS_EMBEDDING_ALLOW_FALLBACK"
    )
    """Whether the CPU may do when the device can't. Every response says so then."""
    is_preloaded: bool = Field(default=False, validation_alias="OMS_EMBEDDING_PRELOAD")
    """Whether local models are loaded in the background when the server has started. Left out:
    with the first call that needs one."""

    threads: int = Field(default=0, ge=0, le=1024, validation_alias="OMS_EMBEDDING_THREADS")
    """Threads of a model on the CPU; 0: one for each core."""
    batch_tokens: int = Field(
        default=0, ge=0, le=4_194_304, validation_alias="OMS_EMBEDDING_BATCH_TOKENS"
    )
    """Most tokens of a batch, padding included; 0: 1,024 on the CPU, 32,768 elsewhere. A longer
    text is a batch of its own."""
    queue_tokens: int = Field(
        default=2_097_152, ge=1, le=1_073_741_824, validation_alias="OMS_EMBEDDING_QUEUE_TOKENS"
    )
    """Most tokens that wait for a model; what would exceed them is refused. What comes when nothing
    waits is taken whatever its size."""
