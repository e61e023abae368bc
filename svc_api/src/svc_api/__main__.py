"""`python -m svc_api`: the ontology service on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.restoring import refuse_unfinished_restore
from oms_core.settings import exit_when_invalid
from oms_kernel import CacheSettings
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from svc_api.settings import ApiSettings
from svc_api.setup import service

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings, cache = SecuritySettings(), ApiSettings(), CacheSettings()
        refuse_unfinished_restore(settings.data_dir)
        process = Process(
            services=[service(settings, security, cache)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            settings=[security, settings, cache],
        )
    run(process)
