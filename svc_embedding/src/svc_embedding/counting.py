"""What requests for vectors and rankings came to, for Prometheus.

embedding_requests_total{model, code}   each message of a stream counts
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from oms_core.errors import OmsError
from oms_rpc.counts import Counts

REQUESTS: Final = Counts(
    "embedding_requests",
    "Requests for vectors and rankings, by what they ended with.",
    ("model", "code"),
)


@contextmanager
def counted(model: str) -> Generator[None]:
    """Counts what happens in the block as a request.

    Args:
        model: Id of a configured model.
    """
    code = "INTERNAL"
    try:
        yield
        code = "OK"
    except OmsError as error:
        code = error.code.name
        raise
    except asyncio.CancelledError:
        code = "CANCELLED"
        raise
    finally:
        REQUESTS.add(model, code)
