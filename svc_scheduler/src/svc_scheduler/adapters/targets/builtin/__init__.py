"""What OMS has built in for jobs to do."""

from __future__ import annotations

from pathlib import Path

from svc_scheduler.adapters.targets.builtin.exporting import export_snapshot
from svc_scheduler.adapters.targets.builtin.kernel import compact_kernel, verify_kernel
from svc_scheduler.adapters.targets.builtin.ontologies import validate_ontology
from svc_scheduler.adapters.targets.builtin.purging import purge_deleted
from svc_scheduler.adapters.targets.builtin.search import reembed_ontology
from svc_scheduler.adapters.targets.methods import Methods
from svc_scheduler.adapters.targets.tasks import TaskRegistry


def built_in_tasks(*, export_dir: Path | None = None) -> TaskRegistry:
    """Every task that is built in.

    Args:
        export_dir: Where exports are written. None: jobs that export are refused.
    """
    methods = Methods()
    return TaskRegistry(
        [
            compact_kernel(methods),
            export_snapshot(methods, export_dir),
            purge_deleted(methods),
            reembed_ontology(methods),
            validate_ontology(methods),
            verify_kernel(methods),
        ]
    )
