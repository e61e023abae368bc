"""How local models run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOptions:
    """How local models run.

    Args:
        cache: Folder for downloads.
        threads: On the CPU; 0: one for each core.
        batch_tokens: Budget of a batch; 0: what suits the device.
        queue_tokens: Most tokens that wait for a model.
    """

    cache: Path
    threads: int = 0
    batch_tokens: int = 0
    queue_tokens: int = 2_097_152
