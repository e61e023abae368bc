"""What the client knows about a method, and how requests are put together."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


@dataclass(frozen=True, slots=True)
class Method(Generic[Request, Response]):
    """A method of a service.

    Attributes:
        path: `/package.Service/Method`.
        is_read_only: It changes nothing: it may be repeated.
        takes_request_id: It may be repeated with the same `request_id`.
        is_endless: Its stream has no end of its own, so it has no deadline by default.
        items: The field of the response that has a page's items; empty without pages.
    """

    path: str
    request_type: type[Request]
    response_type: type[Response]
    is_read_only: bool = False
    takes_request_id: bool = False
    is_endless: bool = False
    items: str = ""

    def request(self, given: Request | None, fields: Mapping[str, Any]) -> Request:
        """A request of its own: `given`, with `fields` set on top, and a request id."""
        request = self.request_type(**fields)
        if given is not None:
            on_top = request
            request = self.request_type()
            request.CopyFrom(given)
            request.MergeFrom(on_top)
        if self.takes_request_id:
            keyed: Any = request
            keyed.request_id = keyed.request_id or uuid.uuid4().hex
        return request

    @property
    def is_repeatable(self) -> bool:
        """Whether a call may be made twice; every request has its `request_id`, see `request`."""
        return self.is_read_only or self.takes_request_id
