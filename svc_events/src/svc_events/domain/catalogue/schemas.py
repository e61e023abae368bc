"""The JSON Schemas of data, put together from the parts that they share.

They say what has to be there; further members may come with later releases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from svc_events.domain.catalogue.model import Schema

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_COMMIT_ID: Final = "^[0-9a-f]{64}$"
_ETAG: Final = "^[0-9a-f]{32}d?$"


def text(description: str, **rules: Any) -> Schema:
    """A string."""
    return {"type": "string", "description": description, **rules}


def whole(description: str, *, least: int = 0) -> Schema:
    """A whole number."""
    return {"type": "integer", "description": description, "minimum": least}


def time(description: str) -> Schema:
    """A moment, RFC 3339."""
    return text(description, format="date-time")


def record(
    description: str, properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An object whose members are all required but those in `optional`."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": required,
    }


def data_schema(
    url: str, title: str, properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()
) -> Schema:
    """The schema of an event's data, which is an object.

    Args:
        url: Where it is to be read.
    """
    return {
        "$schema": _DIALECT,
        "$id": url,
        "title": title,
        **record(f"Data of {title}.", properties, optional=optional),
    }


def commit_id(description: str) -> Schema:
    """The id of a commit."""
    return text(description, pattern=_COMMIT_ID)


COMMIT: Final = record(
    "The commit that made the change.",
    {
        "id": commit_id("Its id, the SHA-256 of its content and parents."),
        "parents": {
            "type": "array",
            "description": "Ids of its parents, the branch's own history first.",
            "items": commit_id("Id of a commit."),
            "maxItems": 2,
        },
        "author": text("Who made it."),
        "message": text("Why, in the author's words."),
        "time": time("When it was made."),
        "sequence": whole("Its position in the order of the database's commits."),
        "change_count": whole("How many documents it changed."),
    },
    optional=("message",),
)
BRANCH: Final = text("Resource name of the branch.")
OMITTED: Final[Schema] = {
    "type": "array",
    "description": "Parts that were left out because the event would have been too large; "
    "the attribute `dataref` says where the document is to be read.",
    "items": {"enum": ["before", "after", "diff", "commit.message"]},
}
DIFF: Final[Schema] = {
    "type": "array",
    "description": "What turns `before` into `after`, entry by entry, as in JSON Patch (RFC 6902).",
    "items": record(
        "One field.",
        {
            "path": text("JSON Pointer (RFC 6901) into the document."),
            "op": {"enum": ["add", "remove", "replace"], "description": "What happened to it."},
            "before": {"description": "The value it had. Not there for `add`."},
            "after": {"description": "The value it has. Not there for `remove`."},
        },
        optional=("before", "after"),
    ),
}


_ANY_VALUE: Final[Schema] = {
    "type": "object",
    "description": "Values by property id, numbers with the digits they have; an id that begins "
    "with `_` has `~` before it. A reference is a text, a text in a language an object of "
    "`language` and `text`.",
}
CONTENTS: Final[Mapping[str, Schema]] = {
    "object": record(
        "",
        {
            "type": text("Id of its object type."),
            "id": text("Its id within its type."),
            "values": _ANY_VALUE,
        },
    ),
    "link": record(
        "",
        {
            "link_type": text("Id of its link type."),
            "source": text("The object it starts from, `{object_type}/{object}`."),
            "target": text("The object it leads to, `{object_type}/{object}`."),
        },
    ),
}
"""What the content of an object, and of a link, holds."""


def change_properties(
    change: str, name: str, *, content: Mapping[str, Any] | None = None
) -> dict[str, Schema]:
    """The members of the data about a changed document.

    Args:
        change: `created`, `updated` or `deleted`.
        name: What the resource name is that of.
        content: Schema of its content, as far as it is known.
    """
    content = {"type": "object", **(content or {})}
    properties: dict[str, Schema] = {
        "name": text(f"Resource name of the {name}."),
        "change": {"const": change, "description": "What happened."},
        "branch": BRANCH,
        "commit": COMMIT,
        "document": _document(change),
    }
    if change != "created":
        properties["before"] = content | {"description": "The content before, byte for byte."}
    if change != "deleted":
        properties["after"] = content | {"description": "The content after, byte for byte."}
    if change == "updated":
        properties["diff"] = DIFF
    properties["omitted"] = OMITTED
    return properties


CHANGE_OPTIONAL: Final = ("before", "after", "diff")
"""Members of the data about a changed document that may be left out."""


def _document(change: str) -> Schema:
    properties: dict[str, Schema] = {
        "name": text("Resource name of the document in the data kernel."),
        "type": text("Its type."),
    }
    if change != "created":
        properties["before_etag"] = text("Its etag before.", pattern=_ETAG)
    if change != "deleted":
        properties["after_etag"] = text("Its etag after.", pattern=_ETAG)
    return record("The document that holds it.", properties)


def commit_properties() -> dict[str, Schema]:
    """The members of the data about a commit as a whole."""
    verbs = ("created", "updated", "deleted")
    counts = {verb: whole(f"How many documents it {verb}.") for verb in verbs}
    return {
        "name": text("Resource name of the commit."),
        "branch": BRANCH,
        "commit": COMMIT,
        "changes": record("How many documents it changed.", counts),
        "omitted": OMITTED,
    }


def database_properties() -> dict[str, Schema]:
    """The members of the data about a database as a whole."""
    return {
        "name": text("Resource name."),
        "database": text("Resource name of the database in the data kernel."),
        "display_name": text("Name for people."),
        "kind": text("What it holds: `ontology` for an ontology."),
        "create_time": time("When it was created."),
    }


def move_properties(verb: str) -> dict[str, Schema]:
    """The members of the data about a branch that moved.

    Args:
        verb: `created`, `moved` or `deleted`.
    """
    properties: dict[str, Schema] = {"name": text("Resource name of the branch.")}
    if verb != "created":
        properties["old_head"] = commit_id("The commit that was its head.")
    if verb != "deleted":
        properties["new_head"] = commit_id("The commit that is its head from then on.")
    return properties


def event_properties() -> Schema:
    """Which event another one is about."""
    return record(
        "The event that this one is about.",
        {
            "name": text("Its place, `streams/{stream}/events/{sequence}`."),
            "id": text("Its `id`."),
            "source": text("Its `source`."),
            "type": text("Its `type`."),
        },
        optional=("id", "source"),
    )
