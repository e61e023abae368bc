"""What events mean, without a broker, a database or gRPC."""
