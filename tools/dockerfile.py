"""The text of a Dockerfile of this repository."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BASE: Final = "python:3.11-slim-bookworm"
_METRICS_PORT: Final = 9464
_USER: Final = 10001


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What an image holds and runs.

    Args:
        name: Of the image and of its lock.
        folder: Where its Dockerfile lies.
        packages: Packages of this repository, as requirements.
        command: What it runs.
        probe: Exits with 0 while it serves.
        ports: Where it listens, metrics left out.
        lock: The lock that its own is part of.
        is_service: Whether it is a gRPC server with data.
    """

    name: str
    folder: str
    title: str
    packages: Sequence[str]
    command: Sequence[str]
    probe: Sequence[str]
    ports: Sequence[int]
    lock: str = "runtime"
    is_service: bool = True


_TEMPLATE: Final = Path(__file__).with_name("Dockerfile.template")


def render(image: Image, folders: Sequence[str]) -> str:
    """The Dockerfile.

    Args:
        folders: Those of the packages of this repository that the image holds.
    """
    host = "OMS_HOST" if image.is_service else "OMS_GATEWAY_BIND_ADDRESS"
    environment = f"{host}=0.0.0.0" + (" OMS_DATA_DIR=/data" if image.is_service else "")
    metrics = [_METRICS_PORT] if image.is_service else []
    return _TEMPLATE.read_text().format(
        base=_BASE,
        name=image.name,
        title=image.title,
        folder=image.folder,
        copies="\n".join(f"COPY {folder} {folder}" for folder in folders),
        sources=" ".join(f"./{folder}" for folder in folders),
        environment=environment,
        user=_USER,
        ports=" ".join(map(str, [*image.ports, *metrics])),
        probe=json.dumps(list(image.probe)),
        command=json.dumps(list(image.command)),
    )
