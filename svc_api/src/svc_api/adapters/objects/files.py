"""Reads rows from CSV and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any, cast

from oms_core.errors import LimitExceeded, ParseError

from svc_api.domain.objects.rows import Row

MAX_ROWS = 100_000
_MAX_LINE_BYTES = 8 * 1024 * 1024


def read_rows(file: IO[bytes], *, is_csv: bool) -> list[Row]:
    """The rows of a file. One that can't be read has its fault.

    Raises:
        ParseError: the file as a whole can't be read: its text, its names.
        LimitExceeded: it has more than 100,000 rows.
    """
    file.seek(0)
    rows: list[Row] = []
    for row in _csv_rows(file) if is_csv else _json_rows(file):
        if len(rows) == MAX_ROWS:
            raise LimitExceeded(
                f"the file has more than {MAX_ROWS} rows; split it",
                metadata={"limit": "load_rows"},
            )
        rows.append(row)
    return rows


def _csv_rows(file: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        reader = csv.reader(text, strict=True)
        names = next(reader, None)
        if not names or len(set(names)) != len(names):
            raise ParseError(
                "the first row of a CSV has to hold the names of its columns, each once"
            )
        last = reader.line_num
        for cells in reader:
            line, last = last + 1, reader.line_num
            if not cells:
                continue
            row = Row(line, dict(zip(names, cells, strict=False)))
            if len(cells) != len(names):
                row.fail("", f"expected {len(names)} cells, found {len(cells)}")
            yield row
    except (csv.Error, UnicodeDecodeError) as exc:
        raise ParseError(f"the CSV can't be read: {exc}") from exc
    finally:
        text.detach()


def _json_rows(file: IO[bytes]) -> Iterator[Row]:
    line = 0
    while text := file.readline(_MAX_LINE_BYTES):
        line += 1
        if len(text) == _MAX_LINE_BYTES:
            raise ParseError(f"line {line} is longer than {_MAX_LINE_BYTES} bytes")
        if text.strip():
            yield _json_row(line, text)


def _json_row(line: int, text: bytes) -> Row:
    try:
        found: Any = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        row = Row(line, {})
        row.fail("", f"is no JSON: {str(exc)[:200]}")
        return row
    if not isinstance(found, dict):
        row = Row(line, {})
        row.fail("", "expected a JSON object")
        return row
    return Row(line, cast("dict[str, Any]", found))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
