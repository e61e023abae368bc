"""Tests of graph databases on SQL."""
