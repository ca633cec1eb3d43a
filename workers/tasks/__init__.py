"""Celery tasks of the workers: decode a message, do the part, report the outcome."""
