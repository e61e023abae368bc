"""TCP ports on the loopback interface."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"

# Below every system's range of ephemeral ports: a port found free here is not
# handed to an outgoing connection before the server binds it.
_FIRST, _LAST = 20_000, 29_999


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
    """A port that nothing listens on at this moment.

    Raises:
        OSError: a hundred random ports were all taken.
    """
    for _ in range(100):
        port = random.randint(_FIRST, _LAST)  # noqa: S311 - nothing secret about a port
        if is_free(port):
            return port
    raise OSError(f"no free port found between {_FIRST} and {_LAST} on {LOOPBACK}")
