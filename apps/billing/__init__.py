"""Credit ledger and prices."""
