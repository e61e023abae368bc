"""Bad input, hostile input, and bad luck, met through the public API."""
