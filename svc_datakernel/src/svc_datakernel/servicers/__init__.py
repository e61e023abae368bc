"""One class per proto service: convert, call the store, convert back."""
