"""Base of every app: errors, middleware, storage, deferred responses, live events, limits."""
