"""Starts real PostgreSQL, Valkey, NATS and Envoy from Python wheels: no root, no Docker."""

from oms_devstack.datadir import kept_secret, write_private
from oms_devstack.envoy import get_health
from oms_devstack.errors import DataDirInUse, DevstackError, PortInUse, ServerFailed
from oms_devstack.ports import LOOPBACK, free_port, is_free
from oms_devstack.process import Order, ServerProcess
from oms_devstack.server import PlannedServer, RunningServer, ServerHome
from oms_devstack.stack import Stack, kept_urls, running_stack, starting_stack

__all__ = [
    "LOOPBACK",
    "DataDirInUse",
    "DevstackError",
    "Order",
    "PlannedServer",
    "PortInUse",
    "RunningServer",
    "ServerFailed",
    "ServerHome",
    "ServerProcess",
    "Stack",
    "free_port",
    "get_health",
    "is_free",
    "kept_secret",
    "kept_urls",
    "running_stack",
    "starting_stack",
    "write_private",
]
