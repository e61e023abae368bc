"""Data kernel: a versioned document graph."""
