"""The command without a single global option, which is how people type it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from oms_cli.main import oms


def test_command_without_options_and_credentials_says_how_to_get_them(tmp_path: Path) -> None:
    runner = CliRunner(env={"HOME": str(tmp_path), "OMS_DATA_DIR": str(tmp_path)})
    result = runner.invoke(oms, ["whoami"])
    assert result.exit_code == 2
    assert "no credentials" in result.output
