"""When something is to happen: pure functions of an instant, free of state and I/O."""
