"""Batches: up to fifty texts in one request, each a job of its own."""
