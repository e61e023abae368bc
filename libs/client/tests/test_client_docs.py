"""The examples of docs/clients/python.md work as they are written there."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "clients" / "python.md"


def test_the_examples_of_the_page_run_in_order(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", _PAGE.read_text(), flags=re.DOTALL)
    assert len(blocks) == 9
    monkeypatch.setenv("OMS_TARGET", server.target)
    monkeypatch.setenv("OMS_TOKEN", server.token)
    script = "\n".join(blocks).replace('"127.0.0.1:50050"', f'"{server.target}"')
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(script, str(_PAGE), "exec"), {"__name__": "__main__"})
    output = printed.getvalue()
    assert "INVALID_FIELD [('parent'," in output
    assert "RESOURCE_NOT_FOUND ontologies/shop/objectTypes/Nothing" in output
    assert "STALE_ETAG" in output
    assert output.count("ontologies/shop/objectTypes/Order") >= 3
    assert re.search(r"^[1-9]\d* documents$", output, flags=re.MULTILINE)
    # Of the import of what was exported before.
    assert re.search(r"^[1-9]\d*$", output, flags=re.MULTILINE)


def test_the_page_names_every_error() -> None:
    import oms_client.errors as errors

    text = _PAGE.read_text()
    missing = [
        c.__name__ for c in errors.ApiError.__subclasses__() if f"`{c.__name__}`" not in text
    ]
    assert missing == []
