"""Jobs: what is run, and by which policies."""
