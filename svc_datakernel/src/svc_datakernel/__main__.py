"""`python -m svc_datakernel`: the data kernel on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.restoring import refuse_unfinished_restore
from oms_core.settings import exit_when_invalid
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import SecuritySettings, TokenAuthenticator

from svc_datakernel.settings import KernelSettings
from svc_datakernel.setup import service

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), KernelSettings()
        refuse_unfinished_restore(settings.data_dir)
        process = Process(
            services=[service(settings)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            settings=[security, settings],
        )
    run(process)
