"""Writes of the operator's admin itself."""
