"""RDF terms as plain values, cheap to hash and compare.

An IRI is a `str`, a blank node an `int` that means something within one graph
only, a literal a `Literal`. rdflib's own terms hash in Python code, which would
cost most of the time an import takes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_IRI_CHARS = 2048
MAX_TEXT_CHARS = 100_000
MAX_LANGUAGE_CHARS = 64
XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f\ud800-\udfff]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNFIT_TEXT = re.compile(r"[\x00\ud800-\udfff]")


class Literal(NamedTuple):
    """An RDF 1.1 literal. `datatype` is empty for `xsd:string` and with a language."""

    text: str
    datatype: str = ""
    language: str = ""


Subject = str | int
Object = str | int | Literal
Triple = tuple[Subject, str, Object]


def is_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI that every RDF syntax can write and OMS can store."""
    return len(text) <= MAX_IRI_CHARS and _IRI.fullmatch(text) is not None


def is_language(tag: str) -> bool:
    """Whether `tag` has the form of a BCP 47 language tag of at most 64 characters."""
    return len(tag) <= MAX_LANGUAGE_CHARS and _LANGUAGE.fullmatch(tag) is not None


def unfit_iri(text: str) -> str:
    """Why an IRI can't be stored; empty when it can."""
    if len(text) > MAX_IRI_CHARS:
        return f"An IRI is longer than {MAX_IRI_CHARS:,} characters."
    return "" if is_iri(text) else "An IRI holds characters that no IRI may hold."


def unfit_literal(literal: Literal) -> str:
    """Why a literal can't be stored; empty when it can."""
    if len(literal.text) > MAX_TEXT_CHARS:
        return f"A literal is longer than {MAX_TEXT_CHARS:,} characters."
    if _UNFIT_TEXT.search(literal.text):
        return "A literal holds U+0000 or half a surrogate pair, which can't be stored."
    if literal.language and not is_language(literal.language):
        return "A language tag is longer than 64 characters or not well-formed after BCP 47."
    if literal.datatype:
        return unfit_iri(literal.datatype)
    return ""
