"""Access tokens, roles, permissions and author strings."""
