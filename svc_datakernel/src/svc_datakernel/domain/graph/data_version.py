"""Data versions: what a reader saw of a branch, to be given back with a write.

Written `branch:<commit>` for a branch and `commit:<commit>` for a commit, as
TerminusDB writes them, with the commit's id in hexadecimal.
"""

from __future__ import annotations

import re
from typing import Final

from oms_core.errors import DataVersionMismatch, FieldViolation, InvalidField

_FORM: Final = re.compile(r"(branch|commit):([0-9A-Za-z]+)")


def data_version(commit_id: str, *, is_branch: bool = True) -> str:
    """The data version of a branch at a commit, or of the commit itself."""
    return f"{'branch' if is_branch else 'commit'}:{commit_id}"


def check_data_version(requested: str, commit_id: str, *, is_branch: bool = True) -> None:
    """Compares what a caller read with where a branch or commit is; empty asks for nothing.

    Raises:
        InvalidField: it is no data version; `api_error` is `api:BadDataVersion`.
        DataVersionMismatch: it is another one.
    """
    if not requested:
        return
    if not _FORM.fullmatch(requested):
        why = f"{requested!r} is no data version; it is written like 'branch:<commit id>'"
        raise InvalidField(
            f"data_version: {why}",
            metadata={"api_error": "api:BadDataVersion", "data_version": requested},
            fields=[FieldViolation("data_version", why)],
        )
    actual = data_version(commit_id, is_branch=is_branch)
    if requested != actual:
        raise DataVersionMismatch(
            f"the data version is {actual}, not {requested}; read again, then repeat the change",
            metadata={
                "api_error": "api:DataVersionMismatch",
                "expected": requested,
                "actual": actual,
            },
        )
