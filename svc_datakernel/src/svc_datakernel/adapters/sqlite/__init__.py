"""The embedded store: one SQLite file a database, no server."""
