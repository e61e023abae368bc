"""The data directory: whose it is, who may read it, and how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from oms_cli.doctor.findings import Finding, Verdict

_PRIVATE: Final = ("jwt_secret", "keys.json", "administrator.json")
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_GIB: Final = 2**30
_LEAST_BYTES: Final = _GIB


def permissions(folder: Path) -> Iterator[Finding]:
    """Whether the server can write there, and nobody else can read its secrets."""
    if not folder.is_dir():
        detail = "there is none here: OMS_DATA_DIR says where it is"
        yield Finding("permission", str(folder), Verdict.NOTE, detail)
        return
    if os.access(folder, os.W_OK | os.X_OK):
        yield Finding("permission", str(folder), Verdict.OK, "can be written")
    else:
        detail = "can't be written: chown it to who runs OMS"
        yield Finding("permission", str(folder), Verdict.FAIL, detail)
    for name in _PRIVATE:
        path = folder / name
        if path.exists():
            yield _private(path)
    yield _room(folder)


def _private(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        detail = f"mode {mode:03o} lets others in: chmod 600 {path}"
        return Finding("permission", path.name, Verdict.FAIL, detail)
    return Finding("permission", path.name, Verdict.OK, f"mode {mode:03o}")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    verdict = Verdict.OK if free >= _LEAST_BYTES else Verdict.FAIL
    return Finding("disk", str(folder), verdict, f"{free / _GIB:.1f} GiB free, 1 GiB or more")
