"""What can be wrong with a file or an export, told across the process boundary."""

from __future__ import annotations

from typing import Any


class FileUnreadable(Exception):
    """A file can't be parsed. Lines and columns count from 1; 0 where unknown."""

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def to_json(self) -> dict[str, Any]:
        """The failure as it goes through the pipe."""
        return {
            "kind": "unreadable",
            "message": self.message,
            "line": self.line,
            "column": self.column,
        }


class NotWritable(Exception):
    """An ontology says something that the asked format can't express."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def to_json(self) -> dict[str, Any]:
        """The failure as it goes through the pipe."""
        return {"kind": "not-writable", "message": self.message}
