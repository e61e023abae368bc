"""`python -m oms_cli` is `oms`."""

from oms_cli.main import oms

oms()
