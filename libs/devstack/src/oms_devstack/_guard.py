"""Runs one server and ends it when the process that asked for it is gone.

Started as a script with nothing but the standard library, to start in milliseconds. The
order to run comes as one JSON line on standard input, so that nothing of it shows in `ps`.
Standard input then stays open for as long as the server is wanted: when it is closed, or
its writer is killed, the server gets its stop signal, and SIGKILL after the grace period.
Exits with the server's exit code.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def main() -> int:
    """Reads the order, runs the server, returns its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler, not SIG_IGN: the server must not inherit that it is ignored.
        signal.signal(number, lambda _number, _frame: None)
    order = json.loads(sys.stdin.buffer.readline())
    try:
        server = _start(order)
    except OSError as exc:
        Path(order["log"]).write_text(f"cannot start {order['command'][0]}: {exc}\n")
        return 127
    threading.Thread(target=_exit_with, args=(server,), daemon=True).start()
    sys.stdin.buffer.read()
    server.send_signal(order["stop_signal"])
    try:
        server.wait(order["grace_s"])
    except subprocess.TimeoutExpired:
        server.kill()
    return _exit_code(server)


def _exit_with(server: subprocess.Popen[bytes]) -> None:
    os._exit(_exit_code(server))


def _exit_code(server: subprocess.Popen[bytes]) -> int:
    """Waits for the server; a signal that ended it counts as a shell counts it."""
    code = server.wait()
    return code if code >= 0 else 128 - code


def _start(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    account = pwd.getpwuid(order["uid"]) if order["uid"] is not None else None
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return subprocess.Popen(  # noqa: S603 - the order comes from oms_devstack
        order["command"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=order["cwd"],
        env=order["env"],
        pass_fds=order["held"],
        # No threads run yet, and there is no other way to set these two.
        preexec_fn=_in_child(order["stop_signal"], account is not None),  # noqa: PLW1509
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _in_child(stop_signal: int, has_new_user: bool) -> Callable[[], None]:
    """What the child does between fork and exec; on Linux only."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)
    if has_new_user:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)

    def prepare() -> None:
        if has_new_user:
            _keep_file_access(libc)
        # The server ends even if this guard itself is killed.
        libc.prctl(_PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)

    return prepare


def _keep_file_access(libc: Any) -> None:
    """Keeps root's access to files across the change of user.

    PostgreSQL refuses to run as root, but the directories it is installed in and works in
    may be open to root only.
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << _CAP_DAC_OVERRIDE
    # effective, permitted, inheritable; then the same for the capabilities from 32 on.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    libc.capset(header, data)
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
