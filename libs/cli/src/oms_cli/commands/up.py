"""Starts the suite on this machine. The one command that talks to no server."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import click

_LAUNCHER = "oms_monolith.launch"


@click.command()
@click.option(
    "--microservices", is_flag=True, help="Run every service as a process of its own; show logs."
)
def up(microservices: bool) -> None:
    """Starts everything on this machine in the foreground, until Ctrl-C."""
    if find_spec(_LAUNCHER.partition(".")[0]) is None:
        raise click.ClickException(
            "the launcher is not installed here; it comes with a checkout, or with "
            "`pip install 'oms-monolith[launch]'`"
        )
    words = [sys.executable, "-m", _LAUNCHER, *(["--microservices"] if microservices else [])]
    # Becomes the launcher, so that signals reach it.
    os.execv(sys.executable, words)  # noqa: S606 - no shell is meant
