"""The store's statements, written once for every SQL database."""
