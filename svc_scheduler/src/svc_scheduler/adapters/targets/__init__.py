"""What runs do: a module for each kind of target."""
