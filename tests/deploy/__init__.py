"""The containers and manifests, as far as they can be read without running them."""
