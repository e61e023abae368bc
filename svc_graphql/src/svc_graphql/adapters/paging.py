"""Pages of objects: how many, in what order, and from where on."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from oms.object.v1 import filter_pb2
from oms_core.errors import InvalidField

from svc_graphql.domain.execution.requests import Paging

MAX_PAGE: Final = 1_000
_DEFAULT_PAGE: Final = 100
_MAX_SKIP: Final = 1_000_000


def orders(paging: Paging) -> list[filter_pb2.Order]:
    """The order, as the request has it."""
    return [
        filter_pb2.Order(property=one.property, descending=one.is_descending)
        for one in paging.order
    ]


def first_of(paging: Paging) -> int:
    """How many objects a page has at most.

    Raises:
        InvalidField: more than there may be.
    """
    first = _DEFAULT_PAGE if paging.first is None else paging.first
    if not 0 <= first <= MAX_PAGE:
        raise InvalidField.of("first", f"{first} is not within 0 and {MAX_PAGE}")
    return first


def cursor_at(skip: int, token: str) -> str:
    """How many objects to pass over from where a page token begins."""
    return base64.urlsafe_b64encode(f"{skip}:{token}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> tuple[int, str]:
    """What `cursor_at` was given.

    Raises:
        InvalidField: it is none of its cursors.
    """
    if not cursor:
        return 0, ""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        skip, _, token = text.partition(":")
        count = int(skip)
    except (ValueError, binascii.Error) as exc:
        raise no_cursor() from exc
    if not 0 <= count <= _MAX_SKIP:
        raise no_cursor()
    return count, token


def no_cursor() -> InvalidField:
    """What is wrong with a cursor that is none."""
    return InvalidField.of("after", "no cursor of this connection")
