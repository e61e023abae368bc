"""Running operations on a generated schema."""
