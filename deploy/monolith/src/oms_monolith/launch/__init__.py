"""Starts everything on one machine: `python -m oms_monolith.launch`, which is `make run`."""

from oms_monolith.launch.launched import Launched, launched
from oms_monolith.launch.ports import LaunchPorts

__all__ = ["LaunchPorts", "Launched", "launched"]
