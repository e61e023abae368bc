"""Finds links of the documentation that lead nowhere: to files that are not in the repository.

Exits 1 and prints each as `file: link`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A link's target, without the place within the file.
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def lost_links(text: str, folder: Path) -> Iterator[str]:
    """The relative links of a Markdown text that lead to no file or folder.

    Args:
        folder: Where the text lies.
    """
    for target in _LINK.findall(_CODE.sub("", text)):
        if ":" not in target and not (folder / target).exists():
            yield target


def main() -> int:
    """Looks through every Markdown file that git knows; 1 when a link is lost."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.md"],  # noqa: S607 - whichever git the developer uses
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    lost = [
        f"{file.relative_to(ROOT)}: {link}"
        for file in files
        if file.exists()
        for link in lost_links(file.read_text(encoding="utf-8"), file.parent)
    ]
    print("\n".join(lost), end="\n" if lost else "")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
