"""The replica that records what is due."""
