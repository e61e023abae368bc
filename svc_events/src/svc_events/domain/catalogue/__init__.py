"""The event types that OMS publishes, as data."""
