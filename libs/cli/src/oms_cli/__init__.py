"""The oms command: a gRPC client at the terminal."""
