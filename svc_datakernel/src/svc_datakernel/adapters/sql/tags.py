"""Keeps tags: names for commits that do not move."""

from __future__ import annotations

from collections.abc import Sequence

from oms_core.errors import ResourceAlreadyExists, ResourceNotFound
from sqlalchemy import Connection, bindparam, delete, insert, select

from svc_datakernel.adapters.sql import positions
from svc_datakernel.adapters.sql.dialect import AnyRow
from svc_datakernel.adapters.sql.tables import commits, tags
from svc_datakernel.domain.graph.requests import Tag
from svc_datakernel.domain.model import Revision

_TAG = select(tags.c.name, commits.c.id, tags.c.message, tags.c.author, tags.c.create_time_us).join(
    commits, commits.c.sequence == tags.c.sequence
)
_BY_NAME = _TAG.where(tags.c.name == bindparam("tag"))
_PAGE = _TAG.where(tags.c.name > bindparam("after")).order_by(tags.c.name).limit(bindparam("count"))


def get(conn: Connection, tag: str) -> Tag:
    """Gets a tag.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    row = conn.execute(_BY_NAME, {"tag": tag}).one_or_none()
    if row is None:
        raise ResourceNotFound.of("tag", tag)
    return _to_tag(row)


def page(conn: Connection, *, after: str, limit: int) -> Sequence[Tag]:
    """Tags in the order of their names."""
    rows = conn.execute(_PAGE, {"after": after, "count": limit})
    return [_to_tag(row) for row in rows]


def create(
    conn: Connection, tag: str, target: Revision, *, author: str, message: str, now_us: int
) -> Tag:
    """Names the commit that a revision means right now.

    Raises:
        ResourceAlreadyExists: the name is taken.
        ResourceNotFound: there is no such revision.
    """
    if conn.execute(_BY_NAME, {"tag": tag}).one_or_none() is not None:
        raise ResourceAlreadyExists.of("tag", tag)
    at = positions.resolve(conn, target)
    conn.execute(
        insert(tags).values(
            name=tag, sequence=at.sequence, message=message, author=author, create_time_us=now_us
        )
    )
    return Tag(tag, at.id.hex(), message, author, now_us)


def remove(conn: Connection, tag: str) -> None:
    """Deletes a tag; its commit stays as long as something else reaches it.

    Raises:
        ResourceNotFound: there is none of that name.
    """
    get(conn, tag)
    conn.execute(delete(tags).where(tags.c.name == tag))


def _to_tag(row: AnyRow) -> Tag:
    name, commit, message, author, create_time_us = row
    return Tag(name, commit.hex(), message, author, create_time_us)
