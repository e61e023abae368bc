"""What every part of OMS shares: errors, identity, clock, ids, settings, logging. No gRPC."""

__version__ = "0.1.0"
