"""Containers and manifests, as far as they can be checked without running them."""
