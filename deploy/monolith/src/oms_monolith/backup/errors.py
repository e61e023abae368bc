"""What a backup or a restore can end with; each says what to do."""

from __future__ import annotations


class BackupError(Exception):
    """A backup was not made or not restored. The message names what, why, and what to do."""


class ArchiveExists(BackupError):
    """There is something at the place of the new archive."""


class ArchiveDamaged(BackupError):
    """An archive is not as it was written."""


class ArchiveUnknown(BackupError):
    """An archive, or what is in it, was written by a later version."""


class PlaceNotEmpty(BackupError):
    """The place to restore into has data."""


class PlaceInUse(BackupError):
    """Somebody uses the place to restore into, or writes the archive already."""


class NoRoom(BackupError):
    """The disk is full."""


class NotConfigured(BackupError):
    """A store that is needed is not named, or a program is not installed."""


class NotBackedUp(BackupError):
    """There is data that can't be taken along, and nobody said to leave it out."""


class StoreFailed(BackupError):
    """A store did not give or take its data."""


class RestoreDiffers(BackupError):
    """What was restored is not what was backed up."""
