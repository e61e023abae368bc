"""Ports that are handed out."""

from __future__ import annotations

import random
import socket
import subprocess
import sys

import pytest
from oms_devstack import LOOPBACK, free_port, is_free
from oms_devstack import ports as ports_module

CHOOSE_ONE = """
from oms_devstack import free_port, ports
ports._FIRST = ports._LAST = {port}
print(free_port(), flush=True)
input()
"""


def test_port_is_handed_out_once():
    ports = [free_port() for _ in range(200)]
    assert len(set(ports)) == len(ports)
    assert all(map(is_free, ports))


def test_port_that_something_listens_on_is_not_free():
    with socket.create_server((LOOPBACK, free_port())) as taken:
        assert not is_free(taken.getsockname()[1])


def test_port_chosen_by_another_process_is_not_chosen_again(monkeypatch: pytest.MonkeyPatch):
    first = random.randrange(30_000, 32_000, 2)  # where nobody else looks for ports
    monkeypatch.setattr(ports_module, "_FIRST", first)
    monkeypatch.setattr(ports_module, "_LAST", first + 1)
    script = CHOOSE_ONE.format(port=first)
    other = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert int(other.stdout.readline()) == first
    assert free_port() == first + 1
    with pytest.raises(OSError, match="no free port"):
        free_port()
    other.communicate("\n")
    assert free_port() == first, "given back when the other process ended"
