"""Data of accounts: export of all of it, and erasure."""
