"""Objects as documents of the kernel: read in partitions, written as commits."""
