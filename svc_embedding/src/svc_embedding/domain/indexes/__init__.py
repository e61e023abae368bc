"""Vector indexes: what they hold, how they are filtered and ranked, and how they change."""
