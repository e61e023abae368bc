"""gRPC server, local and network channels, and the interceptor chain."""
