"""The GraphQL service: the suite's gRPC methods as one graph, over HTTP and WebSocket."""
