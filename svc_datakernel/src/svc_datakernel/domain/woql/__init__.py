"""WOQL, the query language of TerminusDB, over a `GraphView`."""

from svc_datakernel.domain.woql.querying import (
    EMPTY_ANSWER,
    explain,
    is_writing,
    query,
    stream,
)

__all__ = ["EMPTY_ANSWER", "explain", "is_writing", "query", "stream"]
