"""What is stored of a job, and what it is read as."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from google.protobuf import json_format
from oms.scheduler.v1 import job_pb2 as pb
from oms_core.errors import DataCorrupted, OmsError
from oms_core.logging import get_logger
from oms_security.sealing import Sealer

from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.job_convert import settings_from_pb

ADDED: Final = (
    "name",
    "state",
    "state_reason",
    "next_fire_time",
    "next_begin_time",
    "failures_in_a_row",
    "author",
    "etag",
    "create_time",
    "update_time",
    "created_by",
)
"""Fields of a job that the service adds; not among what is stored as its definition."""
_MAX_KNOWN: Final = 20_000


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it is stored.

    Args:
        definition: Its settings; headers have empty values.
        secrets: Values of headers, sealed.
    """

    uid: int
    id: str
    revision: int
    definition: pb.Job
    secrets: bytes | None = field(repr=False)
    is_paused: bool
    state_reason: str
    next_fire_time: datetime | None
    next_begin_time: datetime | None
    failures_in_a_row: int
    author: str
    author_roles: tuple[str, ...]
    created_by: str
    create_time: datetime
    update_time: datetime

    @property
    def name(self) -> str:
        """Its resource name."""
        return f"jobs/{self.id}"

    @property
    def etag(self) -> str:
        """Changes with each revision."""
        return f"{self.uid}-{self.revision}"


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job as leader and workers use it.

    Args:
        settings: None: what is stored can't be read, `fault` tells why.
    """

    uid: int
    id: str
    revision: int
    settings: JobSettings | None
    author: str
    author_roles: tuple[str, ...]
    fault: str = ""


def stored(definition: pb.Job) -> dict[str, Any]:
    """The settings of a job as JSON, without what the service adds and without secrets."""
    kept = pb.Job()
    kept.CopyFrom(definition)
    for name in ADDED:
        kept.ClearField(name)
    if kept.target.WhichOneof("kind") == "http":
        for header in kept.target.http.headers:
            kept.target.http.headers[header] = ""
    return json_format.MessageToDict(kept, preserving_proto_field_name=True)


def restored(value: dict[str, Any]) -> pb.Job:
    """The settings of a job from JSON. Fields of a later version are passed over."""
    return json_format.ParseDict(value, pb.Job(), ignore_unknown_fields=True)


class Headers:
    """Values of headers, which are kept like secrets."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def sealed(self, job_id: str, headers: Mapping[str, str]) -> bytes | None:
        """What is to be stored of them; None when there are none.

        Raises:
            ServiceUnavailable: the deployment has no key.
        """
        if not headers:
            return None
        return self._sealer.seal(orjson.dumps(dict(headers)), owner=f"jobs/{job_id}")

    def opened(self, job_id: str, sealed: bytes | None) -> Mapping[str, str]:
        """The values of stored ones.

        Raises:
            DataCorrupted: the key is another one than it was.
        """
        if sealed is None:
            return {}
        found: dict[str, str] = orjson.loads(self._sealer.open(sealed, owner=f"jobs/{job_id}"))
        return found


class KnownJobs:
    """Jobs that were read lately, by uid and revision."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers
        self._known: OrderedDict[int, KnownJob] = OrderedDict()
        self._log = get_logger()

    def get(self, uid: int, revision: int) -> KnownJob | None:
        """One of this revision, if it was read."""
        found = self._known.get(uid)
        if found is None or found.revision != revision:
            return None
        self._known.move_to_end(uid)
        return found

    def add(self, row: Mapping[str, Any]) -> KnownJob:
        """Reads one: columns uid, id, revision, definition, secrets, author and author_roles."""
        found = self._read(row)
        self._known[found.uid] = found
        self._known.move_to_end(found.uid)
        while len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        return found

    def _read(self, row: Mapping[str, Any]) -> KnownJob:
        settings, fault = None, ""
        try:
            secrets = self._headers.opened(row["id"], row["secrets"])
            settings = settings_from_pb(restored(row["definition"]), headers=secrets)
        except (OmsError, json_format.ParseError, DataCorrupted) as exc:
            fault = f"the job can't be read: {exc}"
            self._log.error("job can't be read", job=row["id"], why=str(exc))
        return KnownJob(
            row["uid"],
            row["id"],
            row["revision"],
            settings,
            row["author"],
            tuple(row["author_roles"]),
            fault,
        )
