"""Write operations: probe, record, forget."""
