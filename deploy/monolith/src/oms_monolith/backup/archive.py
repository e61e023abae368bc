"""The archive: a folder of parts, and a manifest that says what each of them has to be.

    manifest.json           format, versions, when, and every part with its size and SHA-256
    postgresql/…            dumps of schemas
    nats/…                  snapshots of streams
    kernel/…                databases of the kernel
    files/…                 files of the data directory

It is written under another name and gets its own by a rename, when all of it is on the disk.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, Final, Self
from uuid import uuid4

from oms_monolith.backup.errors import (
    ArchiveDamaged,
    ArchiveExists,
    ArchiveUnknown,
    NoRoom,
    PlaceInUse,
)

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_CHUNK_BYTES: Final = 256 * 1024
_MOST_MANIFEST_BYTES: Final = 256 * 1024 * 1024
# Names become paths: nothing else may get there.
_NAME: Final = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an archive.

    Args:
        name: Its path in the archive.
        kind: What it is, such as `postgresql`; see `creating.py`.
        about: What it is compared with after a restore, by kind.
    """

    name: str
    kind: str
    size: int
    sha256: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds.

    Args:
        left_out: What is not in it, and why.
    """

    id: str
    oms_version: str
    created_at: str
    parts: Sequence[Part]
    left_out: Sequence[str]
    format: int = FORMAT

    def of_kind(self, kind: str) -> Sequence[Part]:
        """The parts of one kind, in order."""
        return [part for part in self.parts if part.kind == kind]

    def to_json(self) -> str:
        """Its text, with a checksum of it."""
        content = asdict(self)
        return json.dumps({**content, "checksum": _checksum(content)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Reads what `to_json` wrote.

        Raises:
            ArchiveDamaged: it is something else.
            ArchiveUnknown: a later version wrote it.
        """
        try:
            content: dict[str, Any] = json.loads(text)
            checksum = content.pop("checksum")
            known = content["format"]
            if isinstance(known, int) and known > FORMAT:
                raise ArchiveUnknown(
                    f"the archive has format {known}, and this version reads up to {FORMAT}; "
                    "restore it with the version that wrote it, or a later one"
                )
            if checksum != _checksum(content):
                raise ArchiveDamaged(f"{MANIFEST} was changed: its checksum does not match")
            parts = [Part(**part) for part in content.pop("parts")]
            manifest = cls(parts=parts, **content)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise ArchiveDamaged(f"{MANIFEST} is not one of a backup ({exc!r})") from exc
        for part in parts:
            if not _NAME.fullmatch(part.name):
                raise ArchiveDamaged(f"{MANIFEST} names a part {part.name!r}, which is no path")
        return manifest


class PartWriter:
    """Takes one part, piece by piece. `about` may be filled in until the part ends."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0
        self.about: dict[str, Any] = {}

    def write(self, data: bytes) -> None:
        """Adds to it.

        Raises:
            NoRoom: the disk is full.
        """
        with _room(self._file.name):
            self._file.write(data)
        self.count(data)

    def count(self, data: bytes) -> None:
        """Takes note of what is written already."""
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Of what was written so far, in hexadecimal digits."""
        return self._hash.hexdigest()


@dataclass(slots=True)
class ArchiveWriter:
    """An archive that is being written, by one program at a time. Made by `writing`."""

    folder: Path
    parts: list[Part] = field(default_factory=list[Part])
    left_out: list[str] = field(default_factory=list[str])

    @contextmanager
    def part(self, name: str, kind: str) -> Generator[PartWriter]:
        """A new part: on the disk and in the manifest when the block ends well, else nowhere."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} can't be the name of a part")
        path = self.folder / name
        with _room(str(path)):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    writer = PartWriter(file)
                    yield writer
                    file.flush()
                    os.fsync(descriptor)
            except BaseException:
                path.unlink()
                raise
        self.parts.append(Part(name, kind, writer.size, writer.sha256, writer.about))

    def adopt(self, name: str, kind: str, make: Callable[[Path], bool]) -> PartWriter | None:
        """A part that something else writes, to a path that is given to it, unless it says that
        there is nothing to write. `about` may be filled in after."""
        path = self.folder / name
        with _room(str(path)):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            if not make(path):
                path.unlink()
                return None
            with path.open("rb") as file:
                writer = PartWriter(file)
                while data := file.read(_CHUNK_BYTES):
                    writer.count(data)
                os.fsync(file.fileno())
        self.parts.append(Part(name, kind, writer.size, writer.sha256, writer.about))
        return writer

    def finish(self) -> Manifest:
        """Writes the manifest."""
        manifest = Manifest(
            id=str(uuid4()),
            oms_version=version("oms-monolith"),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parts=self.parts,
            left_out=self.left_out,
        )
        path = self.folder / MANIFEST
        with _room(str(path)):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(manifest.to_json())
                file.flush()
                os.fsync(descriptor)
            for folder in (self.folder, *(p for p in self.folder.rglob("*") if p.is_dir())):
                sync_folder(folder)
        return manifest


@contextmanager
def writing(target: Path) -> Generator[ArchiveWriter]:
    """Writes an archive, which is at `target` when the block ends well, and nowhere otherwise.

    What a killed program left of one is removed by the next that writes to the same target.

    Raises:
        ArchiveExists: something is there.
        PlaceInUse: another program writes it right now.
        NoRoom: the disk is full.
    """
    target = target.absolute()
    draft = target.with_name(f".{target.name}.unfinished")
    with _room(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(draft.with_name(f"{draft.name}.lock"), target):
        if target.exists():
            raise ArchiveExists(f"{target} exists; name another folder, nothing is overwritten")
        shutil.rmtree(draft, ignore_errors=True)
        with _room(str(target)):
            draft.mkdir(mode=0o700)
        try:
            yield ArchiveWriter(draft)
            draft.rename(target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


class Archive:
    """An archive to be read. Every part is compared with its hash while it is read."""

    def __init__(self, folder: Path) -> None:
        """Reads the manifest.

        Raises:
            ArchiveDamaged: there is no archive, or its manifest was changed.
            ArchiveUnknown: a later version wrote it.
        """
        self.folder = folder.absolute()
        path = self.folder / MANIFEST
        if not path.is_file() or path.stat().st_size > _MOST_MANIFEST_BYTES:
            raise ArchiveDamaged(f"{folder} is no backup: it has no {MANIFEST}")
        self.manifest = Manifest.from_json(path.read_bytes())

    def path(self, part: Part) -> Path:
        """Where a part is."""
        return self.folder / part.name

    def chunks(self, part: Part, size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """Yields a part in pieces of `size` bytes, the last one but smaller.

        Raises:
            ArchiveDamaged: it is not as it was written; said at its end at the latest.
        """
        found, total = hashlib.sha256(), 0
        try:
            with self.path(part).open("rb") as file:
                while data := file.read(size):
                    found.update(data)
                    total += len(data)
                    yield data
        except OSError as exc:
            raise ArchiveDamaged(f"part {part.name} can't be read: {exc.strerror}") from exc
        if total != part.size:
            raise ArchiveDamaged(f"part {part.name} has {total} bytes in place of {part.size}")
        if found.hexdigest() != part.sha256:
            raise ArchiveDamaged(f"part {part.name} was changed: its SHA-256 does not match")

    def verify(self) -> None:
        """Reads everything.

        Raises:
            ArchiveDamaged: a part is not as it was written.
        """
        for part in self.manifest.parts:
            for _ in self.chunks(part):
                pass


def sync_folder(folder: Path) -> None:
    """Makes what was renamed or made in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _alone(path: Path, target: Path) -> Generator[None]:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise PlaceInUse(f"another program is writing {target} right now") from exc
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(lock)


@contextmanager
def _room(where: str) -> Generator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom(f"there is no room left for {where}; what was written is removed") from exc
        raise
