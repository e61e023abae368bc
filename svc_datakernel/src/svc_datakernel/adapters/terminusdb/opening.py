"""The store that the settings name."""

from __future__ import annotations

from typing import Final

from oms_core.clock import Clock

from svc_datakernel.adapters.terminusdb.access import ServerAccess
from svc_datakernel.adapters.terminusdb.store import TerminusStore
from svc_datakernel.settings import KernelSettings

_WHOLE_ANSWER: Final = 10


def open_terminus(settings: KernelSettings, clock: Clock) -> TerminusStore:
    """A store on the server of `TERMINUSDB_ENDPOINT`. Whoever opens it closes it.

    Connects to nothing yet.

    Raises:
        SettingsError: the endpoint or the file of certificates can't be used.
    """
    access = ServerAccess(
        endpoint=settings.terminusdb_endpoint,
        user=settings.terminusdb_user,
        password=settings.terminusdb_password.get_secret_value(),
        token=settings.terminusdb_token.get_secret_value(),
        organization=settings.terminusdb_organization,
        ca_file=settings.terminusdb_ca_file,
        pool_size=settings.terminusdb_pool_size,
        timeout_s=settings.terminusdb_timeout_s,
        total_timeout_s=_WHOLE_ANSWER * settings.terminusdb_timeout_s,
    )
    return TerminusStore(access, clock)
