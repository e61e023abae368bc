"""What a versioned document graph is: documents, commits, differences, merges. No I/O."""
