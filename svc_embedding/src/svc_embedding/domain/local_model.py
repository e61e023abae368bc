"""What a local model is configured with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

BUILT_IN: Final = "all-MiniLM-L6-v2"
"""The source of the model that is built in."""
BUILT_IN_DIGEST: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of its weights."""


class Precision(Enum):
    """Numbers of a model's weights."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"


class Device(Enum):
    """Where a model runs."""

    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModelConfig:
    """A model that the service runs itself. What is None comes from the model's own files.

    Args:
        id: Of the model, as `MODEL_ID` says.
        source: `all-MiniLM-L6-v2`, which is built in; a folder, as an absolute path or with
            `./` before it; or a name at the hub, such as `BAAI/bge-small-en-v1.5`.
        revision: Commit, tag or branch of the hub; empty: its main branch as of the download.
        digest: SHA-256 of the weights in hexadecimal; empty: not checked.
        is_fallback_allowed: Whether the CPU may do when the device can't.
        pooling: `mean`, `cls` or `last`.
        max_tokens: Special tokens included; never more than the model was made for.
        matryoshka_dimensions: Shorter lengths it was trained for.
    """

    id: str
    source: str
    revision: str = ""
    digest: str = ""
    precision: Precision = Precision.FLOAT32
    device: Device = Device.CPU
    is_fallback_allowed: bool = False
    pooling: str | None = None
    is_normalized: bool | None = None
    max_tokens: int | None = None
    query_prefix: str | None = None
    document_prefix: str | None = None
    matryoshka_dimensions: Sequence[int] = field(default=())
    license: str = ""


def is_hub_name(source: str) -> bool:
    """Whether a source is a name at the hub."""
    return source != BUILT_IN and not is_path(source)


def is_path(source: str) -> bool:
    """Whether a source is a folder of this machine."""
    return source.startswith(("/", "./", "../", "~")) or Path(source).is_absolute()


def source_name(source: str) -> str:
    """Where a model comes from, without the paths of this machine."""
    if source == BUILT_IN:
        return f"sentence-transformers/{BUILT_IN}"
    return source if is_hub_name(source) else Path(source).expanduser().resolve().name


def pinned_digest(source: str, digest: str) -> str:
    """SHA-256 that the weights of a source have to have; empty: any.

    Args:
        digest: The configured one, or empty.
    """
    return digest or (BUILT_IN_DIGEST if source == BUILT_IN else "")


_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")


def id_of_source(source: str) -> str:
    """An id for a model out of where it comes from: its last part, in lower case."""
    last = source.rstrip("/").rpartition("/")[2]
    return _UNFIT.sub("-", last).strip("-._").lower()[:128] or "model"
