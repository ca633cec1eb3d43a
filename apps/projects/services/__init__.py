"""Write operations: keep compositions, speak their lines, join them."""
