"""The data kernel as its clients see it: one client, cached where that can't be wrong."""

from __future__ import annotations

from oms_kernel.cache import TieredCache
from oms_kernel.client import KernelClient
from oms_kernel.feed import CommitFeed
from oms_kernel.heads import HeadCache
from oms_kernel.memory_tier import MemoryTier
from oms_kernel.secure import SecuredDocument, SecureKernel
from oms_kernel.settings import CacheSettings, opened_cache
from oms_kernel.single_flight import SingleFlight

__all__ = [
    "CacheSettings",
    "CommitFeed",
    "HeadCache",
    "KernelClient",
    "MemoryTier",
    "SecureKernel",
    "SecuredDocument",
    "SingleFlight",
    "TieredCache",
    "opened_cache",
]
