"""Replays what a real TerminusDB answered against the kernel's public API."""
