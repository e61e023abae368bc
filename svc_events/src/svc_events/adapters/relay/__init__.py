"""Follows the kernel's commits and writes their events into the built-in stream."""
