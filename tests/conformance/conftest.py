"""The suites live in a library; their assertions are explained as those of a test module are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from oms_testing.postgresql import new_database, running_postgresql

pytest.register_assert_rewrite(
    *(
        f"oms_testing.kernel_conformance_{part}"
        for part in ("branches", "client", "commits", "documents", "history", "merging", "reading")
    )
)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for all tests of a process."""
    with running_postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
async def postgresql_database(postgresql_server: str) -> AsyncIterator[str]:
    """A PostgreSQL database of the test's own."""
    async with new_database(postgresql_server) as url:
        yield url
