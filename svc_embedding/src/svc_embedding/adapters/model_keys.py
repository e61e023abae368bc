"""Keys of providers, out of the variables and files that the configuration names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from oms_core.settings import SettingsError

from svc_embedding.adapters.model_file import read_models
from svc_embedding.adapters.providers.service_account import (
    read_key_file,
    read_service_account,
)
from svc_embedding.domain.model_config import (
    ModelsConfig,
    Provider,
    RemoteProvider,
    VertexProvider,
)


@dataclass(frozen=True, slots=True)
class ModelsFile:
    """The file of models with everything it names, ready to be used.

    Args:
        keys: For each model and provider, by their places; empty where there is none.
    """

    path: Path
    config: ModelsConfig
    keys: Mapping[tuple[int, int], str] = field(repr=False)


def read_models_file(path: Path, environment: Mapping[str, str]) -> ModelsFile:
    """Reads the file of models and the keys it names.

    Raises:
        SettingsError: names file, model and key; never a secret.
    """
    config = read_models(path)
    keys: dict[tuple[int, int], str] = {}
    for at, model in enumerate(config.models):
        for place, provider in enumerate(model.providers):
            try:
                keys[at, place] = _key(provider, environment)
            except ValueError as exc:
                raise model_error(path, model.id, place, str(exc)) from None
    return ModelsFile(path, config, keys)


def model_error(path: Path, model_id: str, place: int, what: str) -> SettingsError:
    """An error about a provider of a model."""
    where = f"OMS_EMBEDDING_MODELS: {path}: model {model_id!r}: providers[{place}]"
    return SettingsError(f"{where}.{what}")


def _key(provider: Provider, environment: Mapping[str, str]) -> str:
    if not isinstance(provider, RemoteProvider):
        return ""
    if provider.key_file is not None:
        name = "key_file"
        try:
            key = read_key_file(provider.key_file)
        except ValueError as exc:
            raise ValueError(f"key_file: {exc}") from None
    elif provider.key_env:
        name, key = "key_env", environment.get(provider.key_env, "").strip()
        if not key:
            raise ValueError(f"key_env: the variable {provider.key_env} is not set")
    else:
        return ""
    if isinstance(provider, VertexProvider):
        try:
            read_service_account(key)
        except ValueError as exc:
            raise ValueError(f"{name}: {exc}") from None
    elif not (key.isascii() and key.isprintable()):
        raise ValueError(f"{name}: the key is not printable ASCII")
    return key
