"""Migrations of the schema `oms_embedding`."""
