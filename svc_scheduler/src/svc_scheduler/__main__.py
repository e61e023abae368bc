"""`python -m svc_scheduler`: the scheduler service on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.settings import exit_when_invalid
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from svc_scheduler.settings import SchedulerSettings
from svc_scheduler.setup import service

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), SchedulerSettings()
        nats, postgres, outbound = NatsSettings(), PostgresSettings(), OutboundSettings()
        process = Process(
            services=[service(settings, security, nats, postgres, outbound=outbound)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            settings=[security, settings, nats, postgres, outbound],
        )
    run(process)
