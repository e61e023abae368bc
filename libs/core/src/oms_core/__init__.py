"""Ids, clock, errors, settings and logging that every part of OMS shares."""
