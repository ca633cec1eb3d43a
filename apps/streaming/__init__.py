"""Audio of jobs while it is made: a reader, and responses that stream it."""
