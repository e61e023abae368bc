"""`python -m svc_events`: the event service on its own."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.settings import exit_when_invalid
from oms_nats import NatsSettings
from oms_outbound import OutboundSettings
from oms_postgres import PostgresSettings
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from svc_events.settings import EventSettings
from svc_events.setup import service
from svc_events.webhook_settings import WebhookSettings

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), EventSettings()
        nats, postgres = NatsSettings(), PostgresSettings()
        webhooks, outbound = WebhookSettings(), OutboundSettings()
        process = Process(
            services=[service(settings, nats, postgres, webhooks=webhooks, outbound=outbound)],
            server=ServerSettings(),
            topology=Topology.from_environment(),
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            settings=[security, settings, nats, postgres, webhooks, outbound],
        )
    run(process)
