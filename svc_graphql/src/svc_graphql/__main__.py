"""`python -m svc_graphql`: the GraphQL service on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.settings import exit_when_invalid
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from svc_graphql.settings import GraphqlSettings
from svc_graphql.setup import service

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), GraphqlSettings()
        process = Process(
            services=[service(settings)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            settings=[security, settings],
        )
    run(process)
