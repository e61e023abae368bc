"""Author strings: who made a commit, in one line that can be read and checked.

    alice.smith (alice123)|verified|ts:2026-01-31T12:00:00Z|sig:<hex>
    backup (svc-backup) [service]|verified|ts:2026-01-31T12:00:00Z
    backup (svc-backup) [service] [delegated|on_behalf_of:john.doe|reason:nightly]|verified|ts:…

The characters `% | ( ) [ ]` and control characters in a name are written as
`%XX`, as in a URL, so nobody can name themselves into another's author string.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote

from oms_core.identity import Identity

_RESERVED: Final = frozenset("%|()[]")
_SIGNATURE: Final = re.compile(r"\|sig:[0-9a-f]{64}\Z")
_FORM: Final = re.compile(
    r"(?P<username>[^|()\[\]]+) \((?P<subject>[^|()\[\]]+)\)"
    r"(?P<service> \[service\])?"
    r"(?: \[delegated\|on_behalf_of:(?P<principal>[^|()\[\]]+)\|reason:(?P<reason>[^|()\[\]]*)\])?"
    r"\|verified\|ts:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r"(?:\|sig:(?P<signature>[0-9a-f]{64}))?"
)


@dataclass(frozen=True, slots=True)
class OnBehalfOf:
    """For whom somebody else made a commit, and why."""

    principal: str
    reason: str


@dataclass(frozen=True, slots=True)
class Author:
    """An author string taken apart. `time` is in UTC, to the second."""

    username: str
    subject: str
    time: datetime
    is_service: bool = False
    on_behalf_of: OnBehalfOf | None = None
    signature: str = ""


def author_string(
    identity: Identity,
    now: datetime,
    *,
    on_behalf_of: OnBehalfOf | None = None,
    signing_secret: bytes = b"",
) -> str:
    """Writes who makes a commit.

    Args:
        identity: The verified caller. A call that a service merely carries is the
            caller's own: the subject of the token is the author.
        now: The moment, with its time zone; written in UTC to the second.
        on_behalf_of: For whom the caller acts, when that is somebody else.
        signing_secret: Adds an HMAC-SHA256 of everything before it when not empty.
    Raises:
        ValueError: a name is empty or holds lone surrogates.
    """
    text = f"{_escape(identity.username)} ({_escape(identity.subject)})"
    if identity.is_service:
        text += " [service]"
    if on_behalf_of:
        principal, reason = _escape(on_behalf_of.principal), on_behalf_of.reason
        text += f" [delegated|on_behalf_of:{principal}|reason:{_escape(reason) if reason else ''}]"
    text += f"|verified|ts:{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return f"{text}|sig:{_sign(text, signing_secret)}" if signing_secret else text


def parse_author(text: str) -> Author:
    """Takes an author string apart; the inverse of `author_string`.

    Raises:
        ValueError: it is not of the documented form.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no author string")
    principal, reason = match["principal"], match["reason"]
    return Author(
        username=unquote(match["username"]),
        subject=unquote(match["subject"]),
        time=datetime.strptime(match["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        is_service=match["service"] is not None,
        on_behalf_of=OnBehalfOf(unquote(principal), unquote(reason)) if principal else None,
        signature=match["signature"] or "",
    )


def is_author_authentic(text: str, signing_secret: bytes) -> bool:
    """Whether an author string carries a signature made with that secret."""
    match = _SIGNATURE.search(text)
    if match is None:
        return False
    expected = _sign(text[: match.start()], signing_secret)
    return hmac.compare_digest(match[0].removeprefix("|sig:"), expected)


def _sign(text: str, secret: bytes) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _escape(name: str) -> str:
    if not name:
        raise ValueError("an author's name is empty")
    return "".join(
        quote(char, safe="") if char in _RESERVED or not char.isprintable() else char
        for char in name
    )
