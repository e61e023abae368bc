"""Creates and changes jobs: everything is checked before anything is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from google.protobuf.field_mask_pb2 import FieldMask
from oms.scheduler.v1 import job_pb2 as pb
from oms_core.errors import InvalidField, PermissionDenied
from oms_core.identity import Identity
from oms_rpc.update_masks import updated

from svc_scheduler.adapters.jobs.definitions import Headers, JobRecord, stored
from svc_scheduler.adapters.jobs.store import JobChange, JobStore, NewJob, Times
from svc_scheduler.domain.jobs.model import JobSettings
from svc_scheduler.domain.targets.attempts import TargetRunner
from svc_scheduler.job_convert import settings_from_pb

_CHANGEABLE: Final = (
    "description",
    "schedule",
    "target",
    "permissions",
    "misfire",
    "overlap",
    "max_concurrency",
    "timeout",
    "retry",
    "pause_after_failures",
    "expire_time",
    "priority",
    "labels",
)
_MADE_ACTIVE: Final = ("target", "permissions")
_TIMED: Final = ("schedule", "expire_time")


class JobAdministration:
    """Creates and changes jobs."""

    def __init__(self, store: JobStore, headers: Headers, targets: TargetRunner) -> None:
        self.store = store
        self.headers = headers
        self._targets = targets

    async def create(
        self, job_id: str, message: pb.Job, author: Identity, *, is_paused: bool
    ) -> JobRecord:
        """Creates a job.

        Raises:
            InvalidField, InvalidExpression, UrlRefused: what is wrong with it.
            PermissionDenied: it is to do what its author may not.
            ResourceAlreadyExists: there is one of that id.
        """
        secrets = dict(message.target.http.headers)
        definition = self._settled(message, secrets, author)
        settings = settings_from_pb(definition, headers=secrets)
        now = await self.store.now()
        times = await _first_times(settings, job_id, now)
        return await self.store.create(
            NewJob(
                job_id,
                stored(definition),
                settings.labels,
                self.headers.sealed(job_id, secrets),
                is_paused,
                f"paused by {author.subject}" if is_paused else "",
                Times() if is_paused else times,
                author.subject,
                author.roles,
                now,
            )
        )

    async def update(
        self, job_id: str, message: pb.Job, mask: FieldMask, author: Identity
    ) -> JobRecord:
        """Changes the fields of a job that a mask names.

        Raises:
            InvalidField, InvalidExpression, UrlRefused, InvalidUpdateMask: what is wrong.
            PermissionDenied: it is to do what its author may not.
            ResourceNotFound: there is no such job.
            StaleEtag: it changed since the etag was read, or meanwhile.
        """
        current = await self.store.get(job_id)
        now = await self.store.now()
        definition = updated(current.definition, message, mask, _CHANGEABLE)
        secrets = self._secrets(current, definition)
        is_new_work = any(
            _field(definition, name) != _field(current.definition, name) for name in _MADE_ACTIVE
        ) or secrets != self.headers.opened(job_id, current.secrets)
        if is_new_work:
            definition = self._settled(definition, secrets, author)
        settings = settings_from_pb(definition, headers=secrets)
        times: Times | None = None
        if any(getattr(definition, name) != getattr(current.definition, name) for name in _TIMED):
            times = await _first_times(settings, job_id, now)
        if times is not None and current.is_paused:
            times = Times()
        change = JobChange(
            definition=stored(definition),
            labels=settings.labels,
            secrets=self.headers.sealed(job_id, secrets) or b"",
            author=(author.subject, author.roles) if is_new_work else None,
            times=times,
        )
        # What was read above is what is changed.
        return await self.store.change(job_id, message.etag or current.etag, lambda _: change, now)

    async def pause(self, job_id: str, reason: str) -> JobRecord:
        """Passes over the times of a job from now on.

        Raises:
            ResourceNotFound: there is no such job.
        """
        change = JobChange(is_paused=True, state_reason=reason, times=Times())
        return await self.store.change(job_id, "", lambda _: change, await self.store.now())

    async def resume(self, job_id: str) -> JobRecord:
        """Lets a job go on with its next time from now.

        Raises:
            ResourceNotFound: there is no such job.
            StaleEtag: it is changed at the same moment; safe to retry.
        """
        record = await self.store.get(job_id)
        if not record.is_paused:
            return record
        now = await self.store.now()
        settings = checked_settings(record, self.headers)
        times = await _first_times(settings, job_id, now, may_be_over=True)
        change = JobChange(is_paused=False, times=times, forgets_failures=True)
        return await self.store.change(job_id, record.etag, lambda _: change, now)

    def _settled(self, message: pb.Job, secrets: Mapping[str, str], author: Identity) -> pb.Job:
        """The message with the permissions that its runs are to have.

        Raises:
            InvalidField, UrlRefused: the target can't be carried out.
            PermissionDenied: the author lacks a permission.
        """
        definition = pb.Job()
        definition.CopyFrom(message)
        target = settings_from_pb(definition, headers=secrets).target
        needed = self._targets.check(target, "job.target")
        if not definition.permissions:
            definition.permissions.extend(sorted(needed))
        for permission in definition.permissions:
            if not author.allows(permission):
                raise PermissionDenied(
                    f"job.permissions: the caller lacks {permission!r}, which the job is to have",
                    metadata={"permission": permission},
                )
        return definition

    def _secrets(self, current: JobRecord, definition: pb.Job) -> Mapping[str, str]:
        """Values of the headers: an empty one stands for the one there is."""
        before = self.headers.opened(current.id, current.secrets)
        given = definition.target.http.headers
        for name, value in given.items():
            if not value and name not in before:
                raise InvalidField.of(
                    f"job.target.http.headers[{name!r}]", "is empty, and there was none before"
                )
        return {name: value or before[name] for name, value in given.items()}


def checked_settings(record: JobRecord, headers: Headers) -> JobSettings:
    """The settings of a stored job.

    Raises:
        InvalidField: they can't be read any more.
        DataCorrupted: its headers can't be.
    """
    return settings_from_pb(record.definition, headers=headers.opened(record.id, record.secrets))


async def _first_times(
    settings: JobSettings, job_id: str, now: datetime, *, may_be_over: bool = False
) -> Times:
    schedule, expire = settings.schedule, settings.expire_time
    if expire is not None and expire <= now and not may_be_over:
        raise InvalidField.of("job.expire_time", f"{expire.isoformat()} is past")
    if schedule is None:
        return Times()
    # A search for what never comes takes a while.
    first = await asyncio.to_thread(lambda: next(schedule.after(now), None))
    if first is None:
        if may_be_over:
            return Times()
        raise InvalidField.of("job.schedule", "has no time after now, so it would never run")
    begin = schedule.begin_of(job_id, first)
    if expire is not None and begin > expire:
        if may_be_over:
            return Times()
        raise InvalidField.of(
            "job.expire_time",
            f"{expire.isoformat()} is before the first run, at {begin.isoformat()}",
        )
    return Times(first, begin)


def _field(message: pb.Job, name: str) -> object:
    value = getattr(message, name)
    return list(value) if name == "permissions" else value
