"""The base of every app: errors, middleware, storage, deferred answers, live events, limits."""
