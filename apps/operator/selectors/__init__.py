"""Reads of the admin: figures, charts, live workers and queues, customers, timelines."""
