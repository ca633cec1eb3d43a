"""Protocols of the engines, and the types of their arguments and results."""
