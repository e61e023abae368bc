"""This machine's clock beside the server's: tokens are refused when they differ."""

from __future__ import annotations

import http.client
import time
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from oms_cli.doctor.findings import Finding, Verdict

_TIMEOUT_S: Final = 5.0
# The header has whole seconds.
_TOLERATED_S: Final = 5.0


def compared(gateway: str) -> Finding:
    """Reads the time of an answer of the gateway, which runs beside the server.

    Args:
        gateway: Such as `http://127.0.0.1:8000`.
    """
    parts = urlsplit(gateway)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    began = time.time()
    try:
        connection.request("GET", "/health/live")
        date = connection.getresponse().getheader("date")
    except (OSError, http.client.HTTPException):
        detail = f"{gateway} does not answer, so there is nothing to compare with; see --gateway"
        return Finding("clock", "server", Verdict.NOTE, detail)
    finally:
        connection.close()
    return judged(date, began, time.time())


def judged(date: str | None, began: float, ended: float) -> Finding:
    """Compares an HTTP date, cut to the second, with the time of the question and the answer."""
    try:
        server = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return Finding("clock", "server", Verdict.NOTE, "the answer has no date")
    apart = max(began - (server + 1), server - ended, 0.0)
    if apart > _TOLERATED_S:
        detail = f"{apart:.0f} s apart: tokens will be refused; set both by NTP"
        return Finding("clock", "server", Verdict.FAIL, detail)
    return Finding("clock", "server", Verdict.OK, "the same within the second that can be told")
