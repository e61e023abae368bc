"""Persisted documents: those that the deployment trusts, and those that clients registered.

A client sends `documentId`, or as Apollo's clients do `extensions.persistedQuery.sha256Hash`, in
place of the text. The latter may register a text by sending both.
Sources: https://github.com/graphql/graphql-over-http/blob/main/rfcs/PersistedDocuments.md and
https://www.apollographql.com/docs/apollo-server/performance/apq
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from oms_core.errors import InvalidField
from oms_core.settings import SettingsError

from svc_graphql.transport.engine import RequestRefused

_MAX_REGISTERED: Final = 1_000
_MAX_REGISTERED_CHARACTERS: Final = 20_000
_UNTRUSTED: Final = "only documents that this deployment trusts are executed; send a `documentId`"


class Documents:
    """Finds the text of a request.

    Args:
        trusted: Texts by id.
        is_exclusive: Whether no others are executed.
    """

    def __init__(self, trusted: Mapping[str, str], *, is_exclusive: bool = False) -> None:
        self._trusted = dict(trusted)
        self._is_exclusive = is_exclusive
        self._registered: OrderedDict[str, str] = OrderedDict()

    @classmethod
    def load(cls, file: Path | None, *, is_exclusive: bool) -> Documents:
        """Reads trusted documents.

        Raises:
            SettingsError: the file can't be read, or is no JSON object of texts.
        """
        if file is None:
            return cls({}, is_exclusive=is_exclusive)
        try:
            parsed = orjson.loads(file.read_bytes())
        except (OSError, orjson.JSONDecodeError) as exc:
            raise SettingsError(f"OMS_GRAPHQL_DOCUMENTS_FILE: {file} can't be read: {exc}") from exc
        if not isinstance(parsed, dict) or not all(isinstance(v, str) for v in parsed.values()):
            raise SettingsError(f"OMS_GRAPHQL_DOCUMENTS_FILE: {file} is no object of texts by id")
        return cls(parsed, is_exclusive=is_exclusive)

    def find(self, text: str | None, document_id: str | None, extensions: Mapping[str, Any]) -> str:
        """The text to execute.

        Raises:
            InvalidField: there is neither a text nor an id, or the hash is not the text's.
            RequestRefused: the id is unknown, or texts are not executed here.
        """
        digest = _hash_of(extensions)
        key = document_id or digest
        if key is None:
            if not text:
                raise InvalidField.of("query", "is missing: send a GraphQL document as a string")
            return self._checked(text)
        known = self._trusted.get(key.removeprefix("sha256:")) or self._trusted.get(key)
        if known is not None:
            return known
        if digest is None or self._is_exclusive:
            raise _refused("the document is not known here", "PERSISTED_DOCUMENT_NOT_FOUND")
        return self._register(digest, text)

    def _checked(self, text: str) -> str:
        if self._is_exclusive and text not in self._trusted.values():
            raise _refused(_UNTRUSTED, "PERSISTED_DOCUMENT_REQUIRED")
        return text

    def _register(self, digest: str, text: str | None) -> str:
        if not text:
            if digest not in self._registered:
                # The words that clients look for.
                raise _refused("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
            self._registered.move_to_end(digest)
            return self._registered[digest]
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise InvalidField.of(
                "extensions.persistedQuery.sha256Hash", "is not the hash of the document"
            )
        if len(text) <= _MAX_REGISTERED_CHARACTERS:
            self._registered[digest] = text
            while len(self._registered) > _MAX_REGISTERED:
                self._registered.popitem(last=False)
        return text


def _hash_of(extensions: Mapping[str, Any]) -> str | None:
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(digest, str) or len(digest) != 64:
        raise InvalidField.of(
            "extensions.persistedQuery.sha256Hash", "has to be a SHA-256 in hexadecimal digits"
        )
    return digest.lower()


def _refused(message: str, code: str) -> RequestRefused:
    return RequestRefused([{"message": message, "extensions": {"code": code}}])
