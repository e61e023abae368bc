"""`python -m svc_embedding`: the embedding service on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.settings import exit_when_invalid
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from svc_embedding.settings import EmbeddingSettings
from svc_embedding.setup import service

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), EmbeddingSettings()
        postgres, outbound = PostgresSettings(), OutboundSettings()
        process = Process(
            services=[service(settings, postgres, outbound=outbound)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            settings=[security, settings, postgres, outbound],
        )
    run(process)
