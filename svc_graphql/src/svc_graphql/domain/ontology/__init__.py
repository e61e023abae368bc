"""What an ontology says, in words of GraphQL's needs."""
