"""Composition of the file of models: chains of providers, and the client that calls them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_outbound import OutboundClient, OutboundPolicy, OutboundSettings
from oms_rpc import ServiceContext

from svc_embedding.domain.models import Models
from svc_embedding.settings import EmbeddingSettings

if TYPE_CHECKING:
    # Providers and their configuration take long to import, and are not needed without a file.
    from svc_embedding.adapters.model_keys import ModelsFile
    from svc_embedding.adapters.providers.factory import LocalModels


@dataclass(frozen=True, slots=True)
class ConfiguredFile:
    """The file of models, and what its providers' client may reach."""

    file: ModelsFile
    policy: OutboundPolicy


def file_of_settings(
    settings: EmbeddingSettings, outbound: OutboundSettings
) -> ConfiguredFile | None:
    """The file that the settings name, with the keys that it names; None: they name none.

    Called while the process starts, before anything is served.

    Raises:
        SettingsError: names file, model and key; never a secret.
    """
    if settings.models_file is None:
        return None
    from svc_embedding.adapters.model_keys import read_models_file
    from svc_embedding.adapters.providers.factory import providers_policy

    file = read_models_file(settings.models_file, os.environ)
    return ConfiguredFile(file, providers_policy(file, outbound.policy()))


def models_of_file(ctx: ServiceContext, configured: ConfiguredFile, local: LocalModels) -> Models:
    """The models; the client of their providers is closed with the server."""
    from svc_embedding.adapters.providers.factory import configured_models
    from svc_embedding.domain.providers.policy import Runtime

    client = OutboundClient(configured.policy, clock=ctx.clock)
    ctx.stack.push_async_callback(client.close)
    return configured_models(
        configured.file, client=client, local=local, runtime=Runtime(ctx.clock)
    )
