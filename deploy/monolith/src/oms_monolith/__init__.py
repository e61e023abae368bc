"""The one binary: every service in one process."""
