"""Keeps attempts away that a later one has replaced.

A scheduler's worker that was believed dead may go on. Each attempt of a run carries a fencing token
that is larger than those before it; a server that has seen the larger one refuses the smaller.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

from oms_core.errors import InvalidField, StaleFencingToken

FENCING_TOKEN_KEY: Final = "x-fencing-token"  # noqa: S105 - a header's name
IDEMPOTENCY_KEY: Final = "x-idempotency-key"
_MOST: Final = 10_000
_LONGEST: Final = 256
_number = re.compile(r"[0-9]{1,18}").fullmatch


class Fences:
    """The largest fencing token of each piece of work, of the last ones that were called for.

    What one caller does is no concern of another: nobody can keep away the work of others.

    Args:
        most: Pieces of work that are remembered.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._largest: OrderedDict[tuple[str, str], int] = OrderedDict()

    def pass_through(self, caller: str, work: str, token: str) -> None:
        """Notes a token.

        Args:
            caller: Who calls.
            work: Its idempotency key, the same in each attempt; at most 256 characters.
            token: As the call carries it: a number of at most 18 digits.
        Raises:
            InvalidField: the token is no number, or the key is too long.
            StaleFencingToken: a later attempt called before.
        """
        if not _number(token):
            text = f"must be a number of 1 to 18 digits, not {token[:40]!r}"
            raise InvalidField.of(FENCING_TOKEN_KEY, text)
        if len(work) > _LONGEST:
            text = f"must have at most {_LONGEST} characters, not {len(work)}"
            raise InvalidField.of(IDEMPOTENCY_KEY, text)
        given, largest = int(token), self._largest.get((caller, work), 0)
        if given < largest:
            raise StaleFencingToken.of(work, given, largest)
        self._largest[(caller, work)] = given
        self._largest.move_to_end((caller, work))
        if len(self._largest) > self._most:
            self._largest.popitem(last=False)
