"""The dashboard: an account's overview, usage, jobs, voices, pronunciations, conversations, uploads, batches and projects, for its members."""
