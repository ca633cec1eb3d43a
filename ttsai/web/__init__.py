"""The web process: one ASGI shell around Django on a persistent thread pool."""
