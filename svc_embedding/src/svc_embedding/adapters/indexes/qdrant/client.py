"""The connection to Qdrant."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from oms_core.errors import ServiceUnavailable

from svc_embedding.adapters.indexes.qdrant.documents import COLLECTION
from svc_embedding.domain.indexes.records import LayoutChanged

_TIMEOUT_S: Final = 30


async def open_client(url: str, api_key: str) -> Any:
    """A client, and the collection of documents. Close it when done.

    Args:
        url: `http(s)://host:port`; `:memory:` for a small one in this process.
    Raises:
        ServiceUnavailable: Qdrant does not answer.
    """
    library = await asyncio.to_thread(_library)
    if url == ":memory:":
        client = library.AsyncQdrantClient(":memory:")
    else:
        client = library.AsyncQdrantClient(url=url, api_key=api_key or None, timeout=_TIMEOUT_S)
    client = _Guarded(client)
    try:
        if not await client.collection_exists(COLLECTION):
            await client.create_collection(COLLECTION, vectors_config={})
    except BaseException:
        await client.close()
        raise
    return client


class _Guarded:
    """A client whose failures are the interface's own."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(*args: Any, **options: Any) -> Any:
            from qdrant_client.http.exceptions import ApiException, ResponseHandlingException

            try:
                return await method(*args, **options)
            except (ApiException, ResponseHandlingException) as exc:
                if getattr(exc, "status_code", 0) == 404:
                    raise LayoutChanged from exc
                raise ServiceUnavailable(
                    f"Qdrant can't be used right now ({type(exc).__name__}); try again later",
                    metadata={"service": "qdrant"},
                    retry_after_s=1.0,
                ) from exc

        return call


def _library() -> Any:
    import qdrant_client

    return qdrant_client
