"""Errors for the input that say-as refuses."""


class SayAsError(ValueError):
    """The content is not of the type that interpret-as names; the message says so to the customer."""
