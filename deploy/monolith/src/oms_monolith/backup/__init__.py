"""Backup and restore of everything a suite keeps: `python -m oms_monolith.backup`."""
