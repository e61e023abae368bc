"""GraphQL over HTTP, server-sent events and WebSocket, whatever schema answers."""
