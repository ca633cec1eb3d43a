"""Writes: submit, attempts, finish, cancel, reap, expire. Each owns its transaction; the job's row is always locked before its parts."""
