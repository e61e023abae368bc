"""A page to write and run operations on. It needs nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cached_property
from pathlib import Path
from typing import Final

from svc_graphql.transport.asgi import Send, respond

_FILE: Final = Path(__file__).parent / "static" / "page.html"
_INLINE: Final = re.compile(rb"<(script|style)>(.*?)</\1>", re.DOTALL)


class Page:
    """The page, with a policy that allows exactly what stands in it."""

    async def show(self, send: Send) -> None:
        """Sends it."""
        await respond(send, 200, self._body, "text/html; charset=utf-8", self._headers)

    @cached_property
    def _body(self) -> bytes:
        return _FILE.read_bytes()

    @cached_property
    def _headers(self) -> tuple[tuple[bytes, bytes], ...]:
        hashes: dict[bytes, bytes] = {}
        for kind, text in _INLINE.findall(self._body):
            digest = base64.b64encode(hashlib.sha256(text).digest())
            hashes[kind] = b"'sha256-" + digest + b"'"
        policy = (
            b"default-src 'none'; script-src %s; style-src %s; connect-src 'self'; "
            b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ) % (hashes[b"script"], hashes[b"style"])
        return (
            (b"content-security-policy", policy),
            (b"cache-control", b"no-cache"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        )
