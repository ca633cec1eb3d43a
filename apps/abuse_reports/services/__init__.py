"""Writes of abuse reports and takedowns."""
