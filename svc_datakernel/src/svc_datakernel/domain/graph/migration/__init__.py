"""Changes of a schema, carried out on its documents."""

from svc_datakernel.domain.graph.migration.inference import Change, infer
from svc_datakernel.domain.graph.migration.migrating import adapt, compare, migrate

__all__ = ["Change", "adapt", "compare", "infer", "migrate"]
