"""TCP ports on the loopback interface."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

LOOPBACK = "127.0.0.1"

# Below every system's range of ephemeral ports: a port found free here is not
# handed to an outgoing connection before the server binds it.
_FIRST, _LAST = 20_000, 29_999

_reserved: set[int] = set()


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a stopped server in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nothing listens on, handed out once: see `reserve`.

    Raises:
        OSError: a hundred random ports were all taken.
    """
    for _ in range(100):
        port = random.randint(_FIRST, _LAST)  # noqa: S311 - nothing secret about a port
        if port not in _reserved and reserve(port) and is_free(port):
            return port
    raise OSError(f"no free port found between {_FIRST} and {_LAST} on {LOOPBACK}")


def reserve(port: int) -> bool:
    """Keeps a port from the `free_port` of the user's other processes until this one ends.

    Between the choice of a port and a server that listens on it lie seconds, in which
    another suite on the machine could choose the same one.

    Returns:
        Whether it is reserved for this process now; false when another has it.
    """
    if port not in _reserved:
        try:
            # A lock on one byte of the file, at the port's number.
            fcntl.lockf(_ledger(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        _reserved.add(port)
    return True


@cache
def _ledger() -> int:
    """The file of locks. Opened once and never closed, which would drop every lock of it."""
    path = Path(tempfile.gettempdir(), f"oms-ports-{os.getuid()}")
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
