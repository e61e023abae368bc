"""What keeps vector indexes."""
