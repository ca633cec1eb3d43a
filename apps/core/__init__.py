"""What every app stands on: errors, middleware, storage, deferred answers, live events, limits."""
