"""Writing documents: from what callers send to what is stored."""
