"""Protocols of the engines, and the values their methods take and return."""
