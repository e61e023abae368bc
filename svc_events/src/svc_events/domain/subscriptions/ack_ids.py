"""Names of deliveries: what a client sends back to acknowledge one.

An id holds the numbers of the broker's own reply subject and nothing else of it. Stream and
consumer are those of the subscription that the call names and is allowed to use, so an id
can't reach another one's messages, nor any other subject.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from oms_core.errors import InvalidField

_PREFIX: Final = "$JS.ACK."
_NUMBERS: Final = re.compile(r"\d{1,20}(\.\d{1,20}){4}")
_FORM: Final = re.compile(r"(\d{1,9})/(\d{0,2})/([a-z0-9]{0,16})/(\d{1,20}(?:\.\d{1,20}){4})")


@dataclass(frozen=True, slots=True)
class AckId:
    """A delivery's place at the broker.

    Args:
        epoch: The subscription's epoch when it was delivered.
        partition: Of an ordered subscription; None otherwise.
        session: The stream of `Subscribe` that it went to; empty for `Pull`.
        numbers: Attempt, stream sequence, consumer sequence, time and pending count.
    """

    epoch: int
    partition: int | None
    session: str
    numbers: str

    @property
    def attempt(self) -> int:
        """Which attempt it is, from 1."""
        return int(self.numbers.partition(".")[0])

    @property
    def sequence(self) -> int:
        """Position of the event in its stream."""
        return int(self.numbers.split(".")[1])

    def reply_subject(self, stream: str, consumer: str) -> str:
        """Where the broker takes the acknowledgement."""
        return f"{_PREFIX}{stream}.{consumer}.{self.numbers}"

    def __str__(self) -> str:
        partition = "" if self.partition is None else str(self.partition)
        text = f"{self.epoch}/{partition}/{self.session}/{self.numbers}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def numbers_of(reply_subject: str) -> str:
    """The numbers at the end of a broker's reply subject.

    Raises:
        ValueError: it is none.
    """
    numbers = ".".join(reply_subject.split(".")[-5:])
    if not reply_subject.startswith(_PREFIX) or not _NUMBERS.fullmatch(numbers):
        raise ValueError(f"{reply_subject!r} is no reply subject of JetStream")
    return numbers


def parse_ack_id(text: str, *, index: int, epoch: int) -> AckId:
    """Reads an id back.

    Args:
        index: Its place in the request.
        epoch: The subscription's epoch now.
    Raises:
        InvalidField: it is none, or of before a seek.
    """
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    match = _FORM.fullmatch(plain)
    if match is None:
        raise InvalidField.of(f"ack_ids[{index}]", f"{text[:80]!r} names no delivery")
    found = AckId(int(match[1]), int(match[2]) if match[2] else None, match[3], match[4])
    if found.epoch != epoch:
        raise InvalidField.of(
            f"ack_ids[{index}]", "is of before the subscription was moved to another position"
        )
    return found
