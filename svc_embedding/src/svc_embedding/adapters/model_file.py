"""Reads the file of models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from oms_core.settings import SettingsError
from pydantic import ValidationError

from svc_embedding.domain.model_config import ModelsConfig

_MAX_BYTES: Final = 1024 * 1024
# Names of the alternatives of `providers`, which stand in pydantic's places of errors.
_KINDS_FIELD: Final = "providers"


def read_models(path: Path) -> ModelsConfig:
    """The models of a TOML file.

    Raises:
        SettingsError: it can't be read, or a key of it breaks a rule; names file, model and key,
            never a value that may be secret.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SettingsError(f"OMS_EMBEDDING_MODELS: {path}: {exc.strerror}") from None
    if len(data) > _MAX_BYTES:
        raise SettingsError(f"OMS_EMBEDDING_MODELS: {path}: is longer than {_MAX_BYTES} bytes")
    try:
        tables = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        what = exc if isinstance(exc, tomllib.TOMLDecodeError) else "is not UTF-8"
        raise SettingsError(f"OMS_EMBEDDING_MODELS: {path}: {what}") from None
    try:
        return ModelsConfig.model_validate(tables)
    except ValidationError as exc:
        lines = [_line(error, tables) for error in exc.errors(include_input=False)]
        raise SettingsError(
            "; ".join(f"OMS_EMBEDDING_MODELS: {path}: {line}" for line in lines[:8])
        ) from None


def _line(error: Any, tables: Mapping[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Value error, ")
    place: Sequence[int | str] = error["loc"]
    names: list[str] = []
    if len(place) >= 2 and place[0] == "models" and isinstance(place[1], int):
        names.append(f"model {_id_of(tables, place[1])!r}")
        place = place[2:]
    key = _key(place)
    return ": ".join([*names, *([key] if key else []), message])


def _key(place: Sequence[int | str]) -> str:
    key = ""
    for at, part in enumerate(place):
        if at == 2 and place[0] == _KINDS_FIELD:
            continue  # which kind of provider it was read as
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def _id_of(tables: Mapping[str, Any], place: int) -> str:
    models = tables.get("models")
    model = models[place] if isinstance(models, list) else None
    found = cast("Mapping[str, Any]", model).get("id") if isinstance(model, dict) else None
    return found[:128] if isinstance(found, str) else f"#{place + 1}"
