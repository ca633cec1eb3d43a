"""Speech that is heard while it is spoken: its buffer, cut into turns, and the jobs that a connection waits for."""
