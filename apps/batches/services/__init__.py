"""Write operations: accept batches, end their items, cancel them, expire their results."""
