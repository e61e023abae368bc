"""Turns a commit into CloudEvents: one for each document it changed, then one for itself.

The same commit gives the same events, whoever translates it and however often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from urllib.parse import quote

from svc_events.domain.catalogue import names
from svc_events.domain.catalogue.kinds import kind_of_document
from svc_events.domain.events import AttributeValue, CloudEvent, EventData, Timestamp, UriReference
from svc_events.domain.events.data import JSON
from svc_events.domain.events.limits import MAX_VALUE_BYTES
from svc_events.domain.events.values import fault_of
from svc_events.domain.relay.feed import Change, FeedChange, FeedCommit, FeedMove, SourceDatabase
from svc_events.domain.relay.payload import change_data, commit_data, database_data, move_data
from svc_events.domain.relay.place import Place

_PATH: Final = "/:@!$&'()*+,;="
"""What a path may hold besides letters, digits and `-._~` (RFC 3986)."""


class Relayed(NamedTuple):
    """An event with its place."""

    event: CloudEvent
    place: Place


@dataclass(frozen=True, slots=True)
class Style:
    """What translations have in common.

    Args:
        base_url: Where the API is reached: `dataschema` points below it.
        max_data_bytes: Most bytes of an event's data; what is larger is left out, and `dataref`
            says where it is to be read.
    """

    base_url: str
    max_data_bytes: int


class CommitTranslation:
    """Translates one commit, part by part, so that a large one is never whole in memory."""

    def __init__(
        self, style: Style, database: SourceDatabase, commit: FeedCommit, reached: Place
    ) -> None:
        """Starts before the commit's first event.

        Args:
            reached: Where the relay is. If that is within this very commit, the events up to there
                are left out.
        """
        is_begun = not reached.is_whole and reached.commit == commit.id
        self._style = style
        self._database = database
        self._commit = commit
        self._skip = reached.skipped if is_begun else 0
        self._place = Place(
            incarnation=database.incarnation,
            commit=commit.id,
            sequence=commit.sequence,
            count=commit.change_count + 1,
            after=reached.after if is_begun else reached.commit,
            move=reached.move,
        )
        self._index = 0
        self._counts: Counter[Change] = Counter()

    def changes(self, changes: Iterable[FeedChange]) -> Iterator[Relayed]:
        """The events of the next part of the commit, in the order of the documents' ids."""
        for change in changes:
            self._counts[change.change] += 1
            if self._index >= self._skip:
                yield Relayed(self._of_change(change), self._here())
            self._index += 1

    def end(self) -> Relayed:
        """The event of the commit itself, once all its parts were translated."""
        # The count is what the kernel declared, so that a resumed translation says the same.
        return Relayed(self._of_commit(), self._here())

    def _here(self) -> Place:
        return replace(self._place, index=self._index)

    def _of_change(self, change: FeedChange) -> CloudEvent:
        database, commit = self._database, self._commit
        event_type, name = _type_and_name(database, change)
        data, is_partial = change_data(
            database, commit, change, name, limit=self._style.max_data_bytes
        )
        extensions = self._extensions()
        if is_partial and (reference := _data_reference(database, commit, change)):
            extensions["dataref"] = reference
        return self._event(event_type, subject_of(name), data, extensions)

    def _of_commit(self) -> CloudEvent:
        database, commit = self._database, self._commit
        limit = self._style.max_data_bytes
        data = commit_data(database, commit, self._counts, limit=limit)
        event_type = names.ONTOLOGY_COMMIT if database.is_ontology else names.DATABASE_COMMIT
        subject = f"{database.name}/commits/{commit.id}"
        return self._event(event_type, subject, data, self._extensions())

    def _extensions(self) -> dict[str, AttributeValue]:
        commit = self._commit
        return {
            "partitionkey": self._database.branch(commit.branch),
            "sequence": f"{commit.sequence:020d}.{self._index:06d}",
            "commitid": commit.id,
            "omsindex": self._index,
            "omscount": commit.change_count + 1,
        }

    def _event(
        self,
        event_type: str,
        subject: str | None,
        data: str,
        extensions: Mapping[str, AttributeValue],
    ) -> CloudEvent:
        return _event(
            self._style,
            event_type,
            event_id=f"{self._commit.id}:{self._index}",
            source=self._database.branch(self._commit.branch),
            subject=subject,
            time=self._commit.time,
            data=data,
            extensions=extensions,
        )


def database_created(style: Style, database: SourceDatabase) -> Relayed:
    """The event of a database that there is: the first one of each."""
    event_type = names.ONTOLOGY_CREATED if database.is_ontology else names.DATABASE_CREATED
    event = _of_database(style, database, event_type, "created", database.create_time)
    return Relayed(event, Place(database.incarnation, event="created"))


def database_deleted(
    style: Style, database: SourceDatabase, reached: Place, *, noticed: Timestamp
) -> Relayed:
    """The event of a database that is not there any more: the last one of each.

    Args:
        noticed: When that was found out.
    """
    event_type = names.ONTOLOGY_DELETED if database.is_ontology else names.DATABASE_DELETED
    event = _of_database(style, database, event_type, "deleted", noticed)
    return Relayed(event, reached.deleted())


def branch_moved(style: Style, database: SourceDatabase, move: FeedMove, reached: Place) -> Relayed:
    """The event of a branch whose head changed otherwise than by a commit on top of it."""
    branch = database.branch(move.branch)
    event = _event(
        style,
        names.branch_type(move.verb, is_ontology=database.is_ontology),
        event_id=f"move:{database.incarnation}:{move.number}",
        source=branch,
        subject=branch,
        time=move.time,
        data=move_data(database, move),
        extensions={
            "partitionkey": branch,
            "sequence": f"{max(reached.sequence, 0):020d}.m{move.number:020d}",
        },
    )
    return Relayed(event, reached.moved(move.number))


def message_id(relayed: Relayed, database: str) -> str:
    """The `Nats-Msg-Id` of an event: its own id, and which database it was relayed from.

    Databases that are copies of one another share their commits.
    """
    return f"{relayed.event.id}@{database}/{relayed.place.incarnation}"


def subject_of(name: str) -> str | None:
    """A resource name as the attribute `subject`.

    Characters that no attribute may hold are percent-encoded; None for a name that is then too
    long. The data has the name as it is.
    """
    if fault_of(name) is not None:
        name = quote(name, safe=_PATH + " ")
    return name if fault_of(name) is None else None


def _type_and_name(database: SourceDatabase, change: FeedChange) -> tuple[str, str]:
    found = kind_of_document(change.document_id) if database.is_ontology else None
    if found is None:
        name = f"databases/{database.id}/documents/{change.document_id}"
        return names.document_type(change.change.value), name
    kind, element_id = found
    return kind.event_type(change.change.value), kind.name(database.name, element_id)


def _data_reference(
    database: SourceDatabase, commit: FeedCommit, change: FeedChange
) -> UriReference | None:
    """The REST path of the document as of the commit, or as of the one before if it is gone."""
    is_gone = change.change is Change.DELETED
    revision = commit.parents[0] if is_gone and commit.parents else commit.id
    found = kind_of_document(change.document_id) if database.is_ontology else None
    name = f"databases/{database.id}/documents/{change.document_id}"
    if found is not None and found[0].is_readable:
        name = found[0].name(database.name, found[1])
    path = f"/v1/{quote(name, safe=_PATH)}?revision.commit={revision}"
    return UriReference(path) if len(path) <= MAX_VALUE_BYTES else None


def _of_database(
    style: Style, database: SourceDatabase, event_type: str, what: str, time: Timestamp
) -> CloudEvent:
    return _event(
        style,
        event_type,
        event_id=f"{what}:{database.incarnation}",
        source=database.name,
        subject=database.name,
        time=time,
        data=database_data(database),
        extensions={"partitionkey": database.name},
    )


def _event(
    style: Style,
    event_type: str,
    *,
    event_id: str,
    source: str,
    subject: str | None,
    time: Timestamp,
    data: str,
    extensions: Mapping[str, AttributeValue],
) -> CloudEvent:
    return CloudEvent(
        id=event_id,
        source=f"/{source}",
        type=event_type,
        subject=subject,
        time=time,
        datacontenttype=JSON,
        dataschema=schema_url(style.base_url, event_type),
        extensions=extensions,
        data=EventData.text(data),
    )


def schema_url(base_url: str, event_type: str) -> str:
    """Where the JSON Schema of a type's data is to be read."""
    return f"{base_url}/v1/eventTypes/{event_type}/schema"
