"""Models that the service runs itself, on ONNX Runtime."""
