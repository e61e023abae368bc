"""A recorded request with its placeholders filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.api.httpbody_pb2 import HttpBody

from .. import exact_json
from ..exact_json import Literal
from ..places import Place, place


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Args:
        path: Behind the first segment, such as `admin/db/local/branch/main`.
        expected: The recorded body of the answer, with placeholders; None for none.
    """

    method: str
    path: str
    params: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    raw: bytes
    has_body: bool
    expected: Any

    @property
    def place(self) -> Place:
        """What the path names."""
        return place(self.path)

    @property
    def data_version(self) -> str:
        """What the caller read before."""
        return self.headers.get("TerminusDB-Data-Version", "")

    @property
    def http_body(self) -> HttpBody:
        """The body as it was sent."""
        return HttpBody(content_type="application/json", data=self.raw)

    def member(self, name: str) -> Any:
        """A member of the body; None where there is none."""
        return self.body.get(name) if isinstance(self.body, dict) else None

    def text(self, name: str, default: str = "") -> str:
        """A parameter."""
        value = self.params.get(name, default)
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter that is true or false."""
        value = self.params.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() == "true"

    def number(self, name: str) -> int | None:
        """A parameter that is a whole number; None where it was left out.

        Raises:
            ValueError: it is no number.
        """
        value = self.params.get(name)
        return None if value is None else int(str(value))


def json_body(value: Any) -> HttpBody:
    """A value as a body."""
    return HttpBody(content_type="application/json", data=exact_json.dumps(value).encode())


def literal(number: int) -> Literal:
    """A number as answers hold it."""
    return Literal(number)
