"""Typed methods of every service. Generated from the protos."""
