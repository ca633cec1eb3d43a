"""Write operations of payments, one module per subject."""
