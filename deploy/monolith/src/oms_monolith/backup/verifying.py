"""Checks an archive further than its hashes do: the histories in it, without restoring them."""

from __future__ import annotations

from svc_datakernel.backups import faults_of_file, known_format

from oms_monolith.backup.archive import Archive
from oms_monolith.backup.creating import SQLITE
from oms_monolith.backup.errors import ArchiveDamaged


def check_histories(archive: Archive) -> None:
    """Computes the hashes of every commit of each SQLite database anew. One of an older format is
    left to the restore, which migrates it first; so is a dump of PostgreSQL.

    Raises:
        ArchiveDamaged: a history is not what its hashes say.
    """
    for part in archive.manifest.of_kind(SQLITE):
        if part.about["format"] < known_format(is_postgresql=False):
            continue
        database = part.about["database"]
        if faults := faults_of_file(archive.path(part), database):
            raise ArchiveDamaged(f"database {database!r} does not verify: {faults[0]}")
