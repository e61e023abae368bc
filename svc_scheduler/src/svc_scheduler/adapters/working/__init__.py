"""The replicas that work on runs."""
