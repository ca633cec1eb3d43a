"""Append-only log of what operators did and tried."""
