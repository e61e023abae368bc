"""`oms-backup`: everything a suite keeps, copied by one command and restored by another.

It reads the same environment as the suite: OMS_DATA_DIR, DATABASE_URL, NATS_URL, OMS_KERNEL_URL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from oms_core.logging import configure_logging
from oms_core.settings import exit_when_invalid

from oms_monolith.backup.archive import Archive
from oms_monolith.backup.creating import KINDS, create
from oms_monolith.backup.errors import BackupError
from oms_monolith.backup.places import BackupSettings, new_places, places_in_use
from oms_monolith.backup.restoring import check_archive, restore
from oms_monolith.backup.verifying import check_histories


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0: done, 1: not done, and why is on stderr, 2: wrong use, 130: stopped."""
    told = _parser().parse_args(arguments)
    configure_logging("ERROR")
    with exit_when_invalid():
        data_dir = BackupSettings().data_dir.absolute()
        try:
            said = asyncio.run(told.run(told, data_dir))
        except BackupError as exc:
            sys.stderr.write(f"{told.command} failed: {exc}\n")
            return 1
        except OSError as exc:
            sys.stderr.write(f"{told.command} failed: {exc.filename}: {exc.strerror}\n")
            return 1
        except KeyboardInterrupt:
            sys.stderr.write(f"{told.command} was stopped\n")
            return 130
        except Exception as exc:
            # The stack of `make run` is not installed everywhere, so its errors have no name here.
            if type(exc).__module__.partition(".")[0] != "oms_devstack":
                raise
            sys.stderr.write(f"{told.command} failed: {exc}\n")
            return 1
    sys.stdout.write(json.dumps(said, indent=2, sort_keys=True) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oms-backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    creating = commands.add_parser("create", help="copy everything; the suite may run")
    creating.add_argument("archive", type=Path, help="folder to make")
    creating.add_argument(
        "--only", action="append", choices=KINDS, help="take this alone; may be given again"
    )
    creating.add_argument(
        "--without-terminusdb",
        action="store_true",
        help="it is known that graph databases in TerminusDB are not taken",
    )
    creating.set_defaults(run=_create)
    verifying = commands.add_parser("verify", help="compare an archive with its hashes")
    verifying.add_argument("archive", type=Path)
    verifying.add_argument(
        "--history", action="store_true", help="compute the hashes of commits anew, too"
    )
    verifying.set_defaults(run=_verify)
    restoring = commands.add_parser("restore", help="restore into an empty place; nothing may run")
    restoring.add_argument("archive", type=Path)
    restoring.set_defaults(run=_restore)
    return parser


async def _create(told: argparse.Namespace, data_dir: Path) -> dict[str, Any]:
    async with places_in_use(data_dir) as places:
        manifest = await create(
            places,
            told.archive,
            only=told.only or KINDS,
            is_terminusdb_left_out=told.without_terminusdb,
        )
    return {
        "archive": str(told.archive),
        "id": manifest.id,
        "parts": len(manifest.parts),
        "size_bytes": sum(part.size for part in manifest.parts),
        "left_out": manifest.left_out,
    }


async def _verify(told: argparse.Namespace, _: Path) -> dict[str, Any]:
    archive = Archive(told.archive)
    await asyncio.to_thread(check_archive, archive)
    if told.history:
        await asyncio.to_thread(check_histories, archive)
    manifest = archive.manifest
    return {
        "archive": str(told.archive),
        "id": manifest.id,
        "created_at": manifest.created_at,
        "oms_version": manifest.oms_version,
        "parts": len(manifest.parts),
        "size_bytes": sum(part.size for part in manifest.parts),
        "left_out": manifest.left_out,
    }


async def _restore(told: argparse.Namespace, data_dir: Path) -> dict[str, Any]:
    archive = Archive(told.archive)
    # Before servers are started and folders made for something that can't be restored.
    await asyncio.to_thread(check_archive, archive)
    async with new_places(data_dir) as places:
        restored = await restore(archive, places)
    return {"data_dir": str(data_dir), **asdict(restored)}


if __name__ == "__main__":
    sys.exit(main())
