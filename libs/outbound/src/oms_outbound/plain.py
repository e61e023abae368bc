"""The answer that nearly every endpoint gives: complete at once, of known length, unremarkable.

What is taken here h11 reads in the same way, at several times the cost; everything else is left
to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_STATUS: Final = re.compile(r"HTTP/1\.1 ([2-5][0-9][0-9])(?: [\x20-\x7e]*)?")
# RFC 9110, 5.6.2 and 5.5, without the optional white space that a value may end with.
_FIELD: Final = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]++):[ \t]*+([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?|)"
)
_LENGTH: Final = re.compile(r"[0-9]{1,9}")
_WITHOUT_BODY: Final = frozenset({204, 304})
_REMARKABLE: Final = frozenset({"transfer-encoding", "upgrade", "trailer"})


@dataclass(slots=True)
class Answer:
    """An answer as it was read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_truncated: bool


def plain_answer(
    received: bytes, *, header_bytes: int, headers: int, body_bytes: int
) -> Answer | None:
    """The answer to a request other than HEAD, when nothing is missing and nothing is left over.

    Args:
        received: Everything that came since the request was sent.
        header_bytes: Longest head.
        headers: Most header fields.
        body_bytes: Longest body.
    Returns:
        None: it takes more than this function to read it, or to refuse it.
    """
    head_end = received.find(b"\r\n\r\n")
    if not 0 <= head_end <= header_bytes:
        return None
    lines = received[:head_end].decode("latin-1").split("\r\n")
    status = _STATUS.fullmatch(lines[0])
    fields = _fields(lines[1:]) if status is not None and len(lines) <= headers else None
    if status is None or fields is None:
        return None
    body = received[head_end + 4 :]
    if len(body) > body_bytes or len(body) != _length(int(status[1]), fields):
        return None
    return Answer(int(status[1]), tuple(fields), body, is_truncated=False)


def _fields(lines: list[str]) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            return None
        name, value = field[1].lower(), field[2]
        if name in _REMARKABLE or (name == "connection" and value.lower() != "keep-alive"):
            return None
        found.append((name, value))
    return found


def _length(status: int, fields: list[tuple[str, str]]) -> int | None:
    """How long the body is; None when that is not plain."""
    lengths = [value for name, value in fields if name == "content-length"]
    if not lengths:
        return 0 if status in _WITHOUT_BODY else None
    length = int(lengths[0]) if len(lengths) == 1 and _LENGTH.fullmatch(lengths[0]) else None
    # A length that does not belong here may be meant otherwise.
    return None if length and status in _WITHOUT_BODY else length
