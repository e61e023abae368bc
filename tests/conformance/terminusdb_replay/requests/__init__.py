"""Recorded HTTP requests as calls of the kernel's API, by the first segment of their path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from ..kernel import Answer, Kernel
from . import branches, databases, differences, documents, queries, schemas
from .request import Request

Handler: TypeAlias = Callable[[Kernel, Request], Awaitable[Answer]]

HANDLERS: Final[Mapping[tuple[str, str], Handler]] = {
    ("POST", "document"): documents.insert,
    ("PUT", "document"): documents.replace,
    ("DELETE", "document"): documents.delete,
    ("GET", "document"): documents.read,
    ("POST", "woql"): queries.query,
    ("POST", "branch"): branches.create,
    ("DELETE", "branch"): branches.delete,
    ("GET", "log"): branches.log,
    ("GET", "history"): branches.history,
    ("POST", "reset"): branches.reset,
    ("POST", "rebase"): branches.rebase,
    ("POST", "squash"): branches.squash,
    ("POST", "optimize"): branches.optimize,
    ("POST", "diff"): differences.diff,
    ("POST", "patch"): differences.patch,
    ("POST", "apply"): differences.apply,
    ("GET", "schema"): schemas.frames,
    ("GET", "prefixes"): schemas.prefixes,
    ("POST", "prefix"): schemas.set_prefix,
    ("PUT", "prefix"): schemas.set_prefix,
    ("DELETE", "prefix"): schemas.set_prefix,
    ("GET", "triples"): schemas.triples,
    ("PUT", "triples"): schemas.write_triples,
    ("POST", "triples"): schemas.write_triples,
    ("POST", "db"): databases.create,
    ("GET", "db"): databases.get,
    ("PUT", "db"): databases.update,
    ("DELETE", "db"): databases.delete,
}
