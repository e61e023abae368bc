"""Scheduling without a clock of its own: triggers and policies."""
