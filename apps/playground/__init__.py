"""Playground: the pages on which visitors hear speech and try the tools, over the API at /web/v1/."""
