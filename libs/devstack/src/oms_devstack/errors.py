"""What can go wrong with a server of the stack."""

from __future__ import annotations

from pathlib import Path


class DevstackError(Exception):
    """A server of the stack could not be used; the message says which, why, and what to do."""


class DataDirInUse(DevstackError):
    """Another process uses the data directory."""

    def __init__(self, folder: Path, owner: str) -> None:
        super().__init__(
            f"data directory {folder} is in use by {owner}; stop it, "
            "or choose another directory with OMS_DATA_DIR"
        )


class PortInUse(DevstackError):
    """The port that a server was told to use is taken."""

    def __init__(self, server: str, port: int, remedy: str = "choose another port") -> None:
        super().__init__(
            f"port {port} for {server} is taken by another program; free it or {remedy}"
        )


class ServerFailed(DevstackError):
    """A server ended, or did not get ready in time."""

    def __init__(self, server: str, what: str, log: Path) -> None:
        super().__init__(f"{server} {what}; the end of its log {log}:\n{_tail(log)}")


def _tail(log: Path, *, lines: int = 10) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError as exc:
        return f"  (unreadable: {exc.strerror})"
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"
