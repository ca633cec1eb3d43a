"""Errors of say-as."""


class SayAsError(ValueError):
    """The content is not of the type of interpret-as; the message is for the customer."""
