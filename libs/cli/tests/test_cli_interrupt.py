from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest


@pytest.fixture
def silent():
    """A server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(90)
        yield listening


def test_an_interrupt_ends_a_waiting_call(silent, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "oms_cli", "health"],
        env={
            **os.environ,
            "OMS_TARGET": f"127.0.0.1:{silent.getsockname()[1]}",
            "XDG_CONFIG_HOME": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    connection, _ = silent.accept()  # now it waits
    with connection:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
