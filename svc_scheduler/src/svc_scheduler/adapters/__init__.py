"""Stores, broker and targets of the scheduler."""
