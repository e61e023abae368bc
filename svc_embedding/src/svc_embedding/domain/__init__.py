"""Embeddings without their servers: texts, vectors, batches, chains, ranking."""
