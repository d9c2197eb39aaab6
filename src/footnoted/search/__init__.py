"""Finding it again: documents, one index behind a port, and the outbox that keeps it true."""
