"""Relative references and the IRIs they stand for: RFC 3986, section 5."""

from __future__ import annotations

import re
from typing import Final

_PARTS: Final = re.compile(r"^(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$", re.DOTALL)
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLAIN_PATH: Final = re.compile(r"[^/?#:.][^?#:.]*(?:\.(?!\.?(?:/|$))[^?#:.]*)*")


def is_absolute(iri: str) -> bool:
    """Whether a reference starts with a scheme."""
    return _ABSOLUTE.match(iri) is not None


def resolve(reference: str, base: str) -> str:
    """The IRI that a reference stands for where `base` is the base."""
    if is_absolute(reference) or not base:
        return reference
    if not reference:
        return base.partition("#")[0]
    _, authority, path, query, fragment = _split(reference)
    base_scheme, base_authority, base_path, base_query, _ = _split(base)
    if authority is None:
        authority = base_authority
        if not path:
            path, query = base_path, query or base_query
        elif path.startswith("/"):
            path = _without_dots(path)
        else:
            path = _without_dots(_merged(base_authority, base_path, path))
    return _joined(base_scheme, authority, path, query, fragment)


def relative(iri: str, base: str) -> str:
    """The shortest plain reference that stands for an IRI, or the IRI itself."""
    directory = base.partition("#")[0].rpartition("/")[0] + "/"
    if iri.startswith(directory):
        rest = iri[len(directory) :]
        if _PLAIN_PATH.fullmatch(rest) or resolve(rest, base) == iri:
            return rest
        return iri
    parent = directory[:-1].rpartition("/")[0] + "/"
    if not parent.endswith(("//", ":/")) and iri.startswith(parent):
        rest = "../" + iri[len(parent) :]
        if resolve(rest, base) == iri:
            return rest
    if parent.endswith("///") and iri.startswith(parent):
        rest = "../" + iri[len(parent) :]
        if resolve(rest, base) == iri:
            return rest
    return iri


def _split(iri: str) -> tuple[str | None, str | None, str, str, str]:
    match = _PARTS.match(iri)
    assert match is not None  # the expression matches any text
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path or "", query or "", fragment or ""


def _joined(scheme: str | None, authority: str | None, path: str, query: str, fragment: str) -> str:
    start = f"{scheme}:" if scheme else ""
    middle = f"//{authority}" if authority is not None else ""
    return f"{start}{middle}{path}{query}{fragment}"


def _merged(authority: str | None, base_path: str, path: str) -> str:
    if authority is not None and not base_path:
        return "/" + path
    return base_path[: base_path.rfind("/") + 1] + path


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")
    for at, segment in enumerate(segments):
        is_last = at == len(segments) - 1
        if segment == ".":
            if is_last:
                kept.append("")
        elif segment == "..":
            if len(kept) > 1 or (kept and kept[0]):
                kept.pop()
            if is_last:
                kept.append("")
        else:
            kept.append(segment)
    return "/".join(kept)
