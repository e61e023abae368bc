"""Writes docs/settings.md out of the settings classes; `--check` only compares.

Every class that derives from `oms_core.settings.Settings` has a section. What a setting
means is the comment above its field, or the docstring below it.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from oms_core.settings import Settings
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "settings.md"
SOURCES = ("libs/*/src", "svc_*/src", "gateway_envoy/src", "deploy/*/src")
_HEAD = """# Settings

Written by `tools/settings_doc.py` out of the settings classes; do not edit. Settings come from
environment variables, are read when a process starts, and a malformed one stops it. A secret
prints as asterisks everywhere. A variable that is not listed here is ignored.
"""


@dataclass(frozen=True)
class SettingsClass:
    """A settings class and what its source says of each field."""

    cls: type[Settings]
    summary: str
    comments: dict[str, str]


def find_classes() -> Iterator[SettingsClass]:
    """Every settings class of the repository, ordered by file."""
    for pattern in SOURCES:
        for source in sorted(ROOT.glob(pattern)):
            for file in sorted(source.rglob("*.py")):
                yield from _classes_of(file, source)


def _classes_of(file: Path, source: Path) -> Iterator[SettingsClass]:
    text = file.read_text()
    if "(Settings)" not in text:
        return
    module = ".".join(file.relative_to(source).with_suffix("").parts)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and any(
            isinstance(base, ast.Name) and base.id == "Settings" for base in node.bases
        ):
            cls = getattr(importlib.import_module(module), node.name)
            summary = (ast.get_docstring(node) or "").split("\n\n")[0]
            yield SettingsClass(cls, " ".join(summary.split()), _comments(node, text.split("\n")))


def _comments(node: ast.ClassDef, lines: list[str]) -> dict[str, str]:
    comments: dict[str, str] = {}
    for item, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            text = _docstring(following) or _comment_above(item.lineno, lines)
            comments[item.target.id] = " ".join(text.split())
    return comments


def _docstring(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
        case _:
            return ""


def _comment_above(line_number: int, lines: list[str]) -> str:
    above: list[str] = []
    index = line_number - 2
    while lines[index].strip().startswith("# "):
        above.insert(0, lines[index].strip()[2:])
        index -= 1
    return " ".join(above)


def render() -> str:
    """The whole page."""
    sections = [_HEAD]
    for found in find_classes():
        rows = [
            _row(name, info, found.comments.get(name, ""))
            for name, info in found.cls.model_fields.items()
        ]
        if not rows:
            continue
        title = f"`{found.cls.__module__}.{found.cls.__name__}`"
        table = ["| variable | default | values | meaning |", "| --- | --- | --- | --- |", *rows]
        sections.append("\n".join([f"## {title}", "", found.summary, "", *table, ""]))
    return "\n".join(sections)


def _row(name: str, info: FieldInfo, comment: str) -> str:
    alias = info.validation_alias
    names = [str(alias)]
    if isinstance(alias, AliasChoices):
        names = [str(choice) for choice in alias.choices]
    cells = (
        ", ".join(f"`{variable}`" for variable in names),
        _default(info),
        _values(info),
        comment or name.replace("_", " ").capitalize() + ".",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    default: Any = info.get_default(call_default_factory=True)
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None or default in ("", {}, (), []):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"


def _values(info: FieldInfo) -> str:
    kind: Any = info.annotation
    options = [option for option in get_args(kind) if option is not type(None)]
    if get_origin(kind) is Literal:
        return ", ".join(f"`{option}`" for option in options)
    if options and len(options) == 1:
        kind = options[0]
    words = {bool: "`true`, `false`", int: "integer", float: "number", SecretStr: "secret text"}
    words |= {str: "text", Path: "path"}
    base = words.get(kind, "JSON object" if get_origin(kind) is dict else "text")
    return " ".join([base, *_limits(info)])


def _limits(info: FieldInfo) -> list[str]:
    limits: list[str] = []
    for rule in info.metadata:
        match rule:
            case Ge(ge=bound):
                limits.append(f"≥ {bound}")
            case Gt(gt=bound):
                limits.append(f"> {bound}")
            case Le(le=bound):
                limits.append(f"≤ {bound}")
            case Lt(lt=bound):
                limits.append(f"< {bound}")
            case MinLen(min_length=bound):
                limits.append(f"of {bound} characters or more")
            case _:
                pass
    return limits


def main() -> int:
    """Writes the page, or says that it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and change nothing")
    text = render()
    if not parser.parse_args().check:
        TARGET.write_text(text)
        return 0
    if TARGET.exists() and TARGET.read_text() == text:
        return 0
    print("docs/settings.md is out of date: run tools/settings_doc.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
