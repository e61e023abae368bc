"""What an import or export may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RdfLimits:
    """Limits of RDF imports and exports.

    Args:
        max_import_bytes: Size of an uploaded file.
        max_processes: Imports and exports that run at a time.
        max_waiting: Further ones that wait for their turn.
        max_memory_bytes: Address space of one child process.
        max_cpu_s: CPU time of one child process, in seconds.
    """

    max_import_bytes: int = 64 * MIB
    max_processes: int = 2
    max_waiting: int = 8
    max_memory_bytes: int = 4 * 1024 * MIB
    max_cpu_s: int = 600
