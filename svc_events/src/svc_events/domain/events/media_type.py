"""Media types of data: `type/subtype; name=value`, as in RFC 2046 and RFC 9110."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_MEDIA_TYPE: Final = re.compile(rf"({_WORD})/({_WORD})[ \t]*+")
_PARAMETER: Final = re.compile(rf"[ \t]*+;[ \t]*+(?:({_WORD})=({_WORD}|{_QUOTED}))?[ \t]*+")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type; everything but the parameters' values is in lower case."""

    type: str
    subtype: str
    parameters: Mapping[str, str] = field(hash=False)

    @property
    def is_json(self) -> bool:
        """Whether it declares JSON: `*/json` or `*/*+json`."""
        return self.subtype == "json" or self.subtype.endswith("+json")

    @property
    def is_text(self) -> bool:
        """Whether people read it as text: `text/*`, JSON and XML."""
        is_xml = self.subtype == "xml" or self.subtype.endswith("+xml")
        return self.type == "text" or self.is_json or is_xml

    @property
    def charset(self) -> str:
        """The declared character set in lower case; `utf-8` when none is."""
        return self.parameters.get("charset", "utf-8").lower()


@lru_cache(maxsize=1024)
def parse_media_type(text: str) -> MediaType:
    """Parses a media type.

    Raises:
        ValueError: it is none.
    """
    found = _MEDIA_TYPE.match(text)
    if found is None:
        raise ValueError("is no media type such as application/json")
    parameters = MappingProxyType(_parameters(text, found.end()))
    return MediaType(found[1].lower(), found[2].lower(), parameters)


def _parameters(text: str, at: int) -> dict[str, str]:
    parameters: dict[str, str] = {}
    while at < len(text):
        found = _PARAMETER.match(text, at)
        if found is None:
            raise ValueError("has a parameter that is not of the form name=value")
        if found[1] is not None:
            parameters[found[1].lower()] = _unquoted(found[2])
        at = found.end()
    return parameters


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
