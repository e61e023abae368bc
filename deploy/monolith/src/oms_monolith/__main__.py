"""`python -m oms_monolith`: every hosted service in one process."""

from __future__ import annotations

import oms_core.quick_start  # noqa: F401 # pyright: ignore[reportUnusedImport]
from oms_core.restoring import refuse_unfinished_restore
from oms_core.settings import exit_when_invalid
from oms_rpc import Process, ServerSettings, Topology, run
from oms_security import Delegation, SecuritySettings, TokenAuthenticator, TokenIssuer

from oms_monolith.dependencies import Redis, closing
from oms_monolith.services import ServiceSettings, hosted_services
from oms_monolith.settings import DependencySettings

if __name__ == "__main__":
    with exit_when_invalid():
        security, settings = SecuritySettings(), DependencySettings()
        topology, services = Topology.from_environment(), ServiceSettings()
        refuse_unfinished_restore(services.api.data_dir)
        redis = Redis(settings)
        process = Process(
            services=closing(redis, hosted_services(topology, security, services)),
            server=ServerSettings(),
            topology=topology,
            authenticator=TokenAuthenticator(security),
            credentials=Delegation(TokenIssuer(security)),
            ready_checks=redis.ready_checks(),
            settings=[security, settings, *services.of_hosted(topology)],
        )
    run(process)
