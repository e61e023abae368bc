"""What `oms doctor` looks at: each module has checks of one kind, which return findings."""
