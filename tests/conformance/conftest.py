"""The suites live in a library; their assertions are explained as those of a test module are."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(
        f"oms_testing.kernel_conformance_{part}"
        for part in ("branches", "client", "commits", "documents", "history", "merging", "reading")
    )
)
