"""The child process that parses and writes RDF: `python -m svc_api.adapters.rdf.worker`.

It reads one job from standard input and answers on standard output in frames (see
`framing`). It has no network, little environment and bounded memory and CPU time, so
that a hostile file costs the server nothing but this process.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import traceback
from types import TracebackType
from typing import Any, BinaryIO

from svc_api.adapters.rdf.failures import FileUnreadable, NotWritable
from svc_api.adapters.rdf.formats import RdfFormat
from svc_api.adapters.rdf.framing import read_frame, write_frame
from svc_api.adapters.rdf.ids import KnownIds
from svc_api.domain.elements import Element

BATCH = 200
_TRACEBACK_CHARS = 4000
_FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "urllib.Request",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
)


class OutsideAccess(RuntimeError):
    """Something tried to reach out of this process."""


def main() -> None:
    """Does one job and ends."""
    out = _claim_stdout()
    sys.excepthook = _reporting(out)
    # rdflib warns of every odd literal, with a traceback.
    logging.disable(logging.CRITICAL)
    job = read_frame(sys.stdin.buffer)
    _limit(job["memory_bytes"], job["cpu_s"])
    sys.addaudithook(_refuse_outside)
    try:
        if job["task"] == "read":
            _read(job, out)
        else:
            _write(job, out)
    except (FileUnreadable, NotWritable) as exc:
        write_frame(out, {"failure": exc.to_json()})
    except OutsideAccess as exc:
        unreadable = FileUnreadable(f"it asks for something outside of itself: {exc}")
        write_frame(out, {"failure": unreadable.to_json()})
    except MemoryError:
        write_frame(out, {"failure": {"kind": "memory"}})
    out.flush()


def _claim_stdout() -> BinaryIO:
    # What a library prints must not get into the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _reporting(out: BinaryIO) -> Any:
    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))[-_TRACEBACK_CHARS:]
        write_frame(out, {"failure": {"kind": "crash", "traceback": text}})
        out.flush()

    return report


def _limit(memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse_outside(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise OutsideAccess(event)


def _read(job: dict[str, Any], out: BinaryIO) -> None:
    # rdflib is slow to load, so only once the limits hold.
    from svc_api.adapters.rdf.mapping import map_statements
    from svc_api.adapters.rdf.parsing import parse
    from svc_api.adapters.rdf.report import report

    with os.fdopen(job["file"], "rb") as file:
        file.seek(0)
        data = file.read()
    mapped = map_statements(parse(data, RdfFormat(job["format"])), KnownIds(**job["known"]))
    found = report(mapped)
    write_frame(
        out, {"header": mapped.header, "has_header": bool(mapped.context.catalogue.ontology)}
    )
    for start in range(0, len(mapped.elements), BATCH):
        batch = mapped.elements[start : start + BATCH]
        write_frame(out, {"elements": [[one.collection, one.id, one.body] for one in batch]})
    write_frame(out, {"report": found})


def _write(job: dict[str, Any], out: BinaryIO) -> None:
    from svc_api.adapters.rdf.stating import state_ontology
    from svc_api.adapters.rdf.writing import write_statements

    elements: list[Element] = []
    while batch := read_frame(sys.stdin.buffer):
        elements += [Element(*parts) for parts in batch]
    statements = state_ontology(job["header"], elements)
    prefixes = job["header"].get("prefixes", {})
    data = write_statements(statements, prefixes, RdfFormat(job["format"]))
    write_frame(out, {"size": len(data)})
    out.write(data)


if __name__ == "__main__":
    main()
