"""`oms up` becomes the launcher."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner
from oms_cli.commands import up as module
from oms_cli.main import oms


@pytest.mark.parametrize("options", [[], ["--microservices"]])
def test_it_becomes_the_launcher(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    become: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(module.os, "execv", lambda *order: become.append(order))
    assert CliRunner().invoke(oms, ["up", *options]).exit_code == 0
    assert become == [
        (sys.executable, [sys.executable, "-m", "oms_monolith.launch", *options]),
    ]


def test_without_the_launcher_it_says_where_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    answer = CliRunner().invoke(oms, ["up"])
    assert answer.exit_code == 1
    assert "oms-monolith[launch]" in answer.stderr
