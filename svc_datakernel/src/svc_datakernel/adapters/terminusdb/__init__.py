"""Graph databases on a TerminusDB server, over its HTTP API."""
