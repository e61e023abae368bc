"""TerminusDB's document model: terms, schema, documents. No SQL, no protos."""
