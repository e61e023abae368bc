"""One class for each proto service."""
