"""The entries of what is relayed from the kernel. Their examples are made by the relay itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from svc_events.domain.catalogue import names, schemas
from svc_events.domain.catalogue.kinds import HEADER, KINDS, LINK, OBJECT, TypedKind
from svc_events.domain.catalogue.model import EventTypeEntry
from svc_events.domain.events import CloudEvent, Timestamp
from svc_events.domain.relay.feed import (
    ONTOLOGY_KIND,
    Change,
    FeedChange,
    FeedCommit,
    FeedMove,
    SourceDatabase,
)
from svc_events.domain.relay.place import Place
from svc_events.domain.relay.translation import (
    CommitTranslation,
    Style,
    branch_moved,
    database_created,
    database_deleted,
    schema_url,
)

_PRODUCER: Final = "svc_events"
_OF_COMMIT: Final = ("partitionkey", "sequence", "commitid", "omsindex", "omscount")
_OF_CHANGE: Final = (*_OF_COMMIT, "dataref")
_ONTOLOGY_BRANCH: Final = "/ontologies/{ontology}/branches/{branch}"
_DATABASE_BRANCH: Final = "/databases/{database}/branches/{branch}"
_ORDER: Final = (
    "`time` is the commit's. `sequence` grows along the branch, `omsindex` says which of the "
    "commit's `omscount` events this is, and the commit's own event is its last."
)
_TIME: Final = Timestamp("2026-01-31T12:00:00Z")
_ONTOLOGY: Final = SourceDatabase("brick", ONTOLOGY_KIND, "Brick", _TIME)
_DATABASE: Final = SourceDatabase("plants", "", "Plants", _TIME)
_BEFORE: Final = '{"labels":[{"language":"en","text":"Zone"}]}'
_AFTER: Final = '{"labels":[{"language":"en","text":"HVAC zone"}]}'
_LINK: Final = '{"link_type":"serves","source":"Airline/KE","target":"Airport/ICN"}'
# Of those that stand below elements: the id of a document, and its content before and after.
_EXAMPLES: Final = {
    OBJECT: (
        "Object/Airport/ICN",
        '{"type":"Airport","id":"ICN","values":{"elevation":7,"iata":"ICN"}}',
        '{"type":"Airport","id":"ICN","values":{"elevation":7.10,"iata":"ICN"}}',
    ),
    LINK: (f"Link/serves/{'6a' * 16}", _LINK, _LINK),
}
_ELEMENTS: Final = {OBJECT: "object_type", LINK: "link_type"}
_COMMIT: Final = FeedCommit(
    id="5f" * 32,
    parents=("4e" * 32,),
    author="alice.smith (alice123)|verified|ts:2026-01-31T12:30:00Z",
    message="Name zones after what serves them",
    time=Timestamp("2026-01-31T12:30:00.25Z"),
    branch="main",
    sequence=41,
    change_count=1,
)


def relayed_entries(base_url: str) -> Iterator[EventTypeEntry]:
    """The entries, in no order.

    Args:
        base_url: Where the API is reached.
    """
    style = Style(base_url, max_data_bytes=1_000_000)
    for change in Change:
        for kind in (HEADER, *KINDS):
            yield _of_kind(style, kind, change)
        yield _of_document(style, change)
    yield _commit(style, _ONTOLOGY)
    yield _commit(style, _DATABASE)
    for database in (_ONTOLOGY, _DATABASE):
        yield _begin(style, database)
        yield _end(style, database)
        for old, new in (("", "a"), ("a", "b"), ("a", "")):
            yield _branch(style, database, FeedMove(12, "sale", old * 64, new * 64, _TIME))


def _of_kind(style: Style, kind: TypedKind, change: Change) -> EventTypeEntry:
    event_type = kind.event_type(change.value)
    id_ = f"{{{_ELEMENTS[kind]}}}/{{id}}" if kind.below else "{id}"
    document_id, before, after = _EXAMPLES.get(
        kind, (f"{kind.document_type}/{'Zone' if kind.collection else 'header'}", _BEFORE, _AFTER)
    )
    title = f"{'An' if kind.title[0] in 'aeio' else 'A'} {kind.title}"
    return EventTypeEntry(
        type=event_type,
        summary=f"{title} was {change.value}.",
        description=f"Published for each {kind.title} that a commit on any branch has "
        f"{change.value}. " + _ORDER,
        producer=_PRODUCER,
        source_template=_ONTOLOGY_BRANCH,
        subject_template=kind.name("ontologies/{ontology}", id_),
        extensions=_OF_CHANGE,
        data_schema=schemas.data_schema(
            schema_url(style.base_url, event_type),
            event_type,
            schemas.change_properties(
                change.value, kind.title, content=schemas.CONTENTS.get(kind.entity, {})
            ),
            optional=schemas.CHANGE_OPTIONAL,
        ),
        example=_example(style, _ONTOLOGY, change, document_id, before=before, after=after),
    )


def _of_document(style: Style, change: Change) -> EventTypeEntry:
    event_type = names.document_type(change.value)
    return EventTypeEntry(
        type=event_type,
        summary=f"A document was {change.value}.",
        description="Published for each document of a database that is no ontology, and for each "
        "document of an ontology that is no element, object or link, which a commit on any branch "
        f"has {change.value}. " + _ORDER,
        producer=_PRODUCER,
        source_template=_DATABASE_BRANCH,
        subject_template="databases/{database}/documents/{document}",
        extensions=_OF_CHANGE,
        data_schema=schemas.data_schema(
            schema_url(style.base_url, event_type),
            event_type,
            schemas.change_properties(change.value, "document"),
            optional=schemas.CHANGE_OPTIONAL,
        ),
        example=_example(style, _DATABASE, change, "Plant/7"),
    )


def _commit(style: Style, database: SourceDatabase) -> EventTypeEntry:
    is_ontology = database.is_ontology
    event_type = names.ONTOLOGY_COMMIT if is_ontology else names.DATABASE_COMMIT
    parent = "ontologies/{ontology}" if is_ontology else "databases/{database}"
    return EventTypeEntry(
        type=event_type,
        summary=f"A commit was made in {'an ontology' if is_ontology else 'a database'}.",
        description="Published once for each commit on any branch, after the events of what it "
        "changed. Who applies the events of a commit to the state that its first parent has, has "
        "the state of the commit. " + _ORDER,
        producer=_PRODUCER,
        source_template=_ONTOLOGY_BRANCH if is_ontology else _DATABASE_BRANCH,
        subject_template=f"{parent}/commits/{{commit}}",
        extensions=_OF_COMMIT,
        data_schema=schemas.data_schema(
            schema_url(style.base_url, event_type), event_type, schemas.commit_properties()
        ),
        example=_translation(style, database).end().event,
    )


def _begin(style: Style, database: SourceDatabase) -> EventTypeEntry:
    what = "ontology" if database.is_ontology else "database"
    event_type = names.ONTOLOGY_CREATED if database.is_ontology else names.DATABASE_CREATED
    return _of_database(
        style,
        database,
        event_type,
        summary=f"{'An' if database.is_ontology else 'A'} {what} was created.",
        description=f"Published once for each {what}, before everything else of it; `time` is when "
        "it was created.",
        example=database_created(style, database).event,
    )


def _end(style: Style, database: SourceDatabase) -> EventTypeEntry:
    what = "ontology" if database.is_ontology else "database"
    event_type = names.ONTOLOGY_DELETED if database.is_ontology else names.DATABASE_DELETED
    return _of_database(
        style,
        database,
        event_type,
        summary=f"{'An' if database.is_ontology else 'A'} {what} was deleted with its history.",
        description=f"Published once for each {what} that is gone, after everything else of it; "
        "`time` is when that was noticed, a second or so later.",
        example=database_deleted(
            style,
            database,
            Place(database.incarnation),
            noticed=Timestamp("2026-03-01T08:00:00Z"),
        ).event,
    )


def _of_database(
    style: Style,
    database: SourceDatabase,
    event_type: str,
    *,
    summary: str,
    description: str,
    example: CloudEvent,
) -> EventTypeEntry:
    name = "ontologies/{ontology}" if database.is_ontology else "databases/{database}"
    return EventTypeEntry(
        type=event_type,
        summary=summary,
        description=description,
        producer=_PRODUCER,
        source_template=f"/{name}",
        subject_template=name,
        extensions=("partitionkey",),
        data_schema=schemas.data_schema(
            schema_url(style.base_url, event_type), event_type, schemas.database_properties()
        ),
        example=example,
    )


def _branch(style: Style, database: SourceDatabase, move: FeedMove) -> EventTypeEntry:
    is_ontology, verb = database.is_ontology, move.verb
    event_type = names.branch_type(verb, is_ontology=is_ontology)
    what = "an ontology" if is_ontology else "a database"
    how = {
        "created": "was created",
        "moved": "was moved to another commit",
        "deleted": "was deleted",
    }[verb]
    parent = "ontologies/{ontology}" if is_ontology else "databases/{database}"
    return EventTypeEntry(
        type=event_type,
        summary=f"A branch of {what} {how}.",
        description="Published for each change of a branch's head that is no commit on top of the "
        "head before: branches made and deleted, reset, rebase, squash, pull and push. A commit "
        "whose first parent is its branch's head is the new head without such an event. `time` "
        "is when it happened, by the clock of the server that did it.",
        producer=_PRODUCER,
        source_template=_ONTOLOGY_BRANCH if is_ontology else _DATABASE_BRANCH,
        subject_template=f"{parent}/branches/{{branch}}",
        extensions=("partitionkey", "sequence"),
        data_schema=schemas.data_schema(
            schema_url(style.base_url, event_type), event_type, schemas.move_properties(verb)
        ),
        example=branch_moved(style, database, move, Place(database.incarnation)).event,
    )


def _translation(style: Style, database: SourceDatabase) -> CommitTranslation:
    return CommitTranslation(style, database, _COMMIT, Place(database.incarnation))


def _example(
    style: Style,
    database: SourceDatabase,
    change: Change,
    document_id: str,
    *,
    before: str = _BEFORE,
    after: str = _AFTER,
) -> CloudEvent:
    feed_change = FeedChange(
        document_id,
        document_id.partition("/")[0],
        change,
        before=None if change is Change.CREATED else before,
        after=None if change is Change.DELETED else after,
        before_etag="" if change is Change.CREATED else "1c" * 16,
        after_etag="" if change is Change.DELETED else "2d" * 16,
    )
    return next(_translation(style, database).changes([feed_change])).event
