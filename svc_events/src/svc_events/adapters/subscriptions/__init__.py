"""Subscriptions in PostgreSQL and their consumers in JetStream."""
