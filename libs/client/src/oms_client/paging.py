"""Lists, asked for page after page as they are gone through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Page = TypeVar("Page")


class Paged(Generic[Item, Page]):
    """The items of a list. Each iteration starts anew, and asks for a page when it gets there.

    All pages of a list of an ontology read the same commit; see `pages` for what else they say.
    """

    def __init__(self, fetch: Callable[[Any], Page], request: Any, items: str) -> None:
        self._fetch = fetch
        self._request = request
        self._items = items

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from getattr(page, self._items)

    def pages(self) -> Iterator[Page]:
        """The responses themselves, with `total_size`, `commit_id` and what else they have."""
        request = _copy(self._request)
        while True:
            page: Any = self._fetch(request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def first_page(self) -> Page:
        """The first response."""
        return self._fetch(_copy(self._request))


class AsyncPaged(Generic[Item, Page]):
    """The items of a list, for `async for`; otherwise as `Paged`."""

    def __init__(self, fetch: Callable[[Any], Awaitable[Page]], request: Any, items: str) -> None:
        self._fetch = fetch
        self._request = request
        self._items = items

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self.pages():
            for item in getattr(page, self._items):
                yield item

    async def pages(self) -> AsyncIterator[Page]:
        """The responses themselves, with `total_size`, `commit_id` and what else they have."""
        request = _copy(self._request)
        while True:
            page: Any = await self._fetch(request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def first_page(self) -> Page:
        """The first response."""
        return await self._fetch(_copy(self._request))


def _copy(request: Any) -> Any:
    copied = type(request)()
    copied.CopyFrom(request)
    return copied
