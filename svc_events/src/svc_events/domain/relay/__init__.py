"""From commits to events: what a commit of the kernel is told as."""
