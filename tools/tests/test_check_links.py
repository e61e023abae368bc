"""Links of the documentation lead somewhere."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from check_links import lost_links


def test_links_to_files_that_are_not_there_are_found(tmp_path: Path) -> None:
    (tmp_path / "here.md").touch()
    text = (
        "[a](here.md) [b](here.md#part) [c](gone.md) [d](https://example.org/x) [e](#part) "
        "[f](../nowhere/) `[g](code.md)`\n```\n[h](code.md)\n```\n"
    )
    assert list(lost_links(text, tmp_path)) == ["gone.md", "../nowhere/"]
