"""The ledger of credits, and prices."""
